import type { Connection } from '../connections/connection.ts'
import { createJsonApi } from '../http/json-api.ts'

/** Alertmanager's HTTP API v2. */
export function createAlertmanagerClient(connection: Connection | undefined) {
  return createJsonApi({ system: 'Alertmanager', prefix: 'ALERTMANAGER', connection })
}
export type AlertmanagerClient = ReturnType<typeof createAlertmanagerClient>
