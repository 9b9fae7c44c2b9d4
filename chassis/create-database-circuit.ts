import type { LockWatch } from './create-lock-watch.ts'
import type { WriteProbe } from './create-write-probe.ts'
import { ExpectedError } from './errors.ts'

const EVERY_MS = 500

/**
 * A circuit breaker for a database, shared by all callers. A failure that may be the database's fault starts a probe, one at a time;
 * while probes fail, the circuit is open: callers are refused at once with the reason, and the probe is repeated until it succeeds. While
 * other sessions have locked tables, the lock watch is active: what uses them fails, and everything else works.
 * A dependency that callers can do without needs none of this: no probe, because the next call is one, and no reason (`create-circuit-breaker.ts`).
 */
export function createDatabaseCircuit(probe: WriteProbe, lockWatch: LockWatch) {
  let failure: ExpectedError | undefined
  let suspicion: string | undefined
  let probing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let generation = 0
  let isStopped = false

  return {
    /** How often the database has recovered: a connection of an earlier generation may still be in its old state. */
    generation: () => generation,
    /** Why callers are refused now; undefined while the circuit is closed. */
    refusal: (): ExpectedError | undefined =>
      failure &&
      new ExpectedError('unavailable', failure.code, failure.message, {
        cause: failure.cause,
        retryAfterSeconds: failure.retryAfterSeconds ?? 1,
      }),
    /** Reports a failure that may be the database's fault, with its error code if it has one. */
    suspect(code?: string) {
      if (code) suspicion = code
      void decide()
    },
    /** Resolves once a probe has finished, or at once while the circuit is open. */
    decide: async () => {
      if (!failure) await decide()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
      lockWatch.setActive(false)
    },
  }

  function decide(): Promise<void> {
    if (isStopped) return Promise.resolve()
    probing ??= run().finally(() => {
      probing = undefined
    })
    return probing
  }

  async function run() {
    clearTimeout(timer)
    // A busy machine may be slow once, so that a slow probe is repeated before it counts.
    const first = await probe(suspicion)
    const found = first.error?.code === 'DATABASE_SLOW' && !failure ? await probe(suspicion) : first
    const hasLocks = found.lockedTables.length > 0
    lockWatch.setActive(!isStopped && (hasLocks || found.error?.code === 'DATABASE_LOCKED'))
    if (found.error || hasLocks) timer = setTimeout(() => void decide(), EVERY_MS).unref()
    if (!found.error) {
      if (failure) generation += 1
      suspicion = undefined
    }
    failure = found.error
  }
}
export type DatabaseCircuit = ReturnType<typeof createDatabaseCircuit>
