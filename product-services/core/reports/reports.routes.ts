import type { ServiceApp } from '@goalixa/chassis/build-service'
import { userOf } from '../tenancy/require-user.ts'
import { SummaryQuery, SummaryReport } from './reports.schema.ts'
import type { ReportsService } from './reports.service.ts'

/** `GET /v1/reports/summary`: time per day, project and task. */
export function reportsRoutes(app: ServiceApp, { reports }: { reports: ReportsService }): void {
  app.get(
    '/v1/reports/summary',
    { schema: { querystring: SummaryQuery, response: { 200: SummaryReport } } },
    request => reports.summary(userOf(request), request.query),
  )
}
