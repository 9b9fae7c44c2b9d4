import { Counter, type Registry } from 'prom-client'

/**
 * Creates the counters of sessions: why one was refused (it has `ended`, or there is `none` that could be renewed), and who knew its state
 * (`redis`, `auth`, this process's `memory`, or `nobody`: auth could not be asked, and the session was let through).
 */
export function createSessionMetrics(registry: Registry) {
  const registers = [registry]
  const refused = new Counter({
    name: 'goalixa_sessions_refused_total',
    help: 'Requests refused because of their session; `reason` is ended or none.',
    labelNames: ['reason'] as const,
    registers,
  })
  const checked = new Counter({
    name: 'goalixa_session_checks_total',
    help: 'Checks whether a session has ended; `source` is redis, auth, memory or nobody.',
    labelNames: ['source'] as const,
    registers,
  })
  return {
    refused: (reason: 'ended' | 'none') => refused.inc({ reason }),
    checked: (source: 'redis' | 'auth' | 'memory' | 'nobody') => checked.inc({ source }),
  }
}
export type SessionMetrics = ReturnType<typeof createSessionMetrics>
