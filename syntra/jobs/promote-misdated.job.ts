import type { JobQueue } from './queue.ts'

/** Longer than any pause or backoff of a job. */
const LONGEST_DELAY_MS = 60_000

/**
 * Makes jobs due that are delayed until long after `now`, by a worker whose clock was ahead: nobody else would look at their
 * threads until then. Resolves with how many.
 */
export function promoteMisdated(queue: Pick<JobQueue, 'promoteAfter'>, now: Date): Promise<number> {
  return queue.promoteAfter(new Date(now.getTime() + LONGEST_DELAY_MS))
}
