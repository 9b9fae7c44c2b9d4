import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { KEYS, WEBHOOK_TOKEN } from '@goalixa/syntra/testing/test-config'
import { killProcesses, runProcess } from './run-process.ts'

export const API = [process.execPath, 'syntra/api.ts']
export const WORKER = [process.execPath, 'syntra/worker.ts']
/** Matches a stack trace. */
export const STACK = /^\s+at |node_modules|file:\/\/|\.ts:\d+/m

/** Starts Syntra's API as a separate process on a real PostgreSQL. A worker can run beside it with the same `settings`. */
export async function startApi(more: Record<string, string> = {}) {
  const postgres = await startPostgres()
  const settings = {
    DATABASE_URL: await postgres.createDatabase(),
    PORT: '0',
    METRICS_PORT: '0',
    SYNTRA_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
    SYNTRA_BOOTSTRAP_KEYS: `ada:operator:${KEYS.ada},bob:operator:${KEYS.bob},eve:viewer:${KEYS.eve}`,
    ...more,
  }
  const api = runProcess(API, settings)
  const [, url = ''] = await api.message(/"address":"([^"]+)"/)
  return {
    url,
    settings,
    said: api.said,
    async stop() {
      await api.stop()
      killProcesses()
      await postgres.stop()
    },
  }
}
