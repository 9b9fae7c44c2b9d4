import { setTimeout as wait } from 'node:timers/promises'
import type { OpenWorker } from './queue-backend.ts'

type Options = {
  /** Of all lanes. */
  workers: Pick<OpenWorker, 'pause' | 'close'>[]
  draining: AbortController
  closing: AbortController
  drainMs?: number
  graceMs?: number
}

/**
 * Stops workers in order: they take no more jobs and threads stop at their next step, then threads are aborted, then the workers are
 * closed by force, because a job that ignores its signal would keep them open indefinitely. Another worker continues its thread.
 */
export async function stopWorkers({ workers, draining, closing, drainMs = 4_000, graceMs = 4_000 }: Options) {
  draining.abort()
  const cutOff = AbortSignal.timeout(drainMs)
  cutOff.addEventListener('abort', () => closing.abort())
  // Not `close`: once a worker is being closed, it can no longer be closed by force.
  const isIdle = await Promise.race([
    Promise.all(workers.map(worker => worker.pause())).then(
      () => true,
      () => false,
    ),
    wait(drainMs + graceMs, false, { ref: false }),
  ])
  closing.abort()
  await Promise.all(workers.map(worker => worker.close(!isIdle)))
}
