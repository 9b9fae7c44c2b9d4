import { setTimeout as wait } from 'node:timers/promises'
import type { OpenWorker } from './queue-backend.ts'

type Options = {
  /** Of all lanes. */
  workers: Pick<OpenWorker, 'close'>[]
  draining: AbortController
  closing: AbortController
  drainMs?: number
  graceMs?: number
}

/**
 * Stops workers in order: threads stop at their next step, then they are aborted, then the workers are closed by force, because
 * their own close waits indefinitely. Another worker continues an aborted thread.
 */
export async function stopWorkers({ workers, draining, closing, drainMs = 4_000, graceMs = 4_000 }: Options) {
  draining.abort()
  const closed = Promise.all(workers.map(worker => worker.close()))
  const cutOff = AbortSignal.timeout(drainMs)
  cutOff.addEventListener('abort', () => closing.abort())
  const isClosed = await Promise.race([
    closed.then(() => true),
    wait(drainMs + graceMs, false, { ref: false }),
  ])
  closing.abort()
  if (!isClosed) await Promise.all(workers.map(worker => worker.close(true)))
}
