import type { ServiceApp } from '@goalixa/chassis/build-service'
import { type AlertsRoutesDeps, alertsRoutes } from './alerts/alerts.routes.ts'
import { type ApprovalsRoutesDeps, approvalsRoutes } from './approvals/approvals.routes.ts'
import { type IncidentsRoutesDeps, incidentsRoutes } from './incidents/incidents.routes.ts'
import {
  type InvestigationsRoutesDeps,
  investigationsRoutes,
} from './investigations/investigations.routes.ts'
import { describeRole } from './operators/describe-role.ts'

export type RoutesDeps = AlertsRoutesDeps &
  ApprovalsRoutesDeps &
  IncidentsRoutesDeps &
  InvestigationsRoutesDeps

/** Every route of `/v1`. Registering them calls nothing that they are given, so they can be described without a database. */
export function registerRoutes(app: ServiceApp, deps: RoutesDeps): void {
  app.addHook('onRoute', describeRole)
  alertsRoutes(app, deps)
  incidentsRoutes(app, deps)
  investigationsRoutes(app, deps)
  approvalsRoutes(app, deps)
}
