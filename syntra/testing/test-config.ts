import { readConfig } from '@goalixa/chassis/config'
import { SyntraConfig } from '../config.ts'

export const WEBHOOK_TOKEN = 'webhook-token'
export const KEYS = {
  ada: 'operator-key-of-ada-0001',
  bob: 'operator-key-of-bob-0002',
  eve: 'viewer-key-of-eve-000003',
  root: 'admin-key-of-root-00004',
}

/** Settings for tests: free ports, short times. */
export function testConfig(databaseUrl: string, settings: Record<string, string> = {}): SyntraConfig {
  return readConfig(SyntraConfig, {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    SYNTRA_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
    SYNTRA_BOOTSTRAP_KEYS: `ada:operator:${KEYS.ada},bob:operator:${KEYS.bob},eve:viewer:${KEYS.eve},root:admin:${KEYS.root}`,
    SYNTRA_STUCK_SECONDS: '3',
    SYNTRA_JOB_LOCK_SECONDS: '2',
    ...settings,
  })
}
