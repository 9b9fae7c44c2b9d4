import type { WriteProbe } from './create-write-probe.ts'
import { ExpectedError } from './errors.ts'

const EVERY_MS = 500

/**
 * Decides for all callers whether the database can be used. A failure that may be the database's starts a probe, one at a time;
 * while probes fail, callers are refused at once with the reason, and the probe is repeated until it succeeds.
 */
export function createDatabaseCircuit(probe: WriteProbe) {
  let trouble: ExpectedError | undefined
  let suspicion: string | undefined
  let probing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let generation = 0
  let isStopped = false

  return {
    /** Counts how often the database has come back: a connection of an earlier generation may still be in its old state. */
    generation: () => generation,
    /** Why callers are refused at this moment, or undefined. */
    refusal: (): ExpectedError | undefined =>
      trouble &&
      new ExpectedError('unavailable', trouble.code, trouble.message, {
        cause: trouble.cause,
        retryAfterSeconds: trouble.retryAfterSeconds ?? 1,
      }),
    /** Reports something that may be the database's fault, with the code of the error if there is one. */
    suspect(code?: string) {
      if (code) suspicion = code
      void decide()
    },
    /** Resolves once a probe has decided; at once while callers are refused. */
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
    // A busy machine may be late once.
    const first = await probe(suspicion)
    const found = first?.code === 'DATABASE_SLOW' && !trouble ? await probe(suspicion) : first
    if (found) timer = setTimeout(() => void decide(), EVERY_MS).unref()
    else if (trouble) generation += 1
    if (!found) suspicion = undefined
    trouble = found
  }
}
export type DatabaseCircuit = ReturnType<typeof createDatabaseCircuit>
