/** Settings of Syntra under chaos: short leases and times, so that everything that expires does so within a run. */
export const WEBHOOK_TOKEN = 'chaos-webhook-token'

export const OPERATORS = {
  ada: 'chaos-operator-key-of-ada-1',
  bob: 'chaos-operator-key-of-bob-2',
  cyd: 'chaos-operator-key-of-cyd-3',
  eve: 'chaos-viewer-key-of-eve-0004',
} as const
export type OperatorName = keyof typeof OPERATORS

export const APPROVAL_SECONDS = 60
export const LEASE_SECONDS = 3

export const SETTINGS = {
  LOG_LEVEL: 'info',
  HOST: '127.0.0.1',
  SYNTRA_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
  SYNTRA_BOOTSTRAP_KEYS: Object.entries(OPERATORS)
    .map(([name, key]) => `${name}:${name === 'eve' ? 'viewer' : 'operator'}:${key}`)
    .join(','),
  SYNTRA_TIME_SCALE: '20',
  SYNTRA_JOB_LOCK_SECONDS: String(LEASE_SECONDS),
  SYNTRA_STUCK_SECONDS: '3',
  SYNTRA_APPROVAL_SECONDS: String(APPROVAL_SECONDS),
  SYNTRA_APPROVERS_R3: '2',
  SYNTRA_READ_TIMEOUT_SECONDS: '8',
  SYNTRA_WRITE_TIMEOUT_SECONDS: '20',
  SYNTRA_STEP_PATIENCE_SECONDS: '60',
  SYNTRA_WORKER_CONCURRENCY: '4',
  SYNTRA_REOPEN_SECONDS: '5',
} as const
