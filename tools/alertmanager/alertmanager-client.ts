import { createJsonApi } from '../http/json-api.ts'

type Settings = { url: string; token?: string; timeoutMs?: number }

/** Alertmanager's HTTP API v2. */
export function createAlertmanagerClient(settings: Settings | undefined) {
  return createJsonApi({ system: 'Alertmanager', setting: 'ALERTMANAGER_URL', settings })
}
export type AlertmanagerClient = ReturnType<typeof createAlertmanagerClient>
