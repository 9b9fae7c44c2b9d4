import type { WriteProbe } from './create-write-probe.ts'
import { ExpectedError } from './errors.ts'

const EVERY_MS = 500

/**
 * A circuit breaker for a database, shared by all callers. A failure that may be the database's fault starts a probe, one at a time;
 * while probes fail, the circuit is open: callers are refused at once with the reason, and the probe is repeated until it succeeds.
 */
export function createDatabaseCircuit(probe: WriteProbe) {
  let trouble: ExpectedError | undefined
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
      trouble &&
      new ExpectedError('unavailable', trouble.code, trouble.message, {
        cause: trouble.cause,
        retryAfterSeconds: trouble.retryAfterSeconds ?? 1,
      }),
    /** Reports a failure that may be the database's fault, with its error code if it has one. */
    suspect(code?: string) {
      if (code) suspicion = code
      void decide()
    },
    /** Resolves once a probe has finished, or at once while the circuit is open. */
    decide: async () => {
      if (!trouble) await decide()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
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
    const found = first?.code === 'DATABASE_SLOW' && !trouble ? await probe(suspicion) : first
    if (found) timer = setTimeout(() => void decide(), EVERY_MS).unref()
    else if (trouble) generation += 1
    if (!found) suspicion = undefined
    trouble = found
  }
}
export type DatabaseCircuit = ReturnType<typeof createDatabaseCircuit>
