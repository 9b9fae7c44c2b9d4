import type { JobQueue } from './queue.ts'

/** Longer than any pause or backoff of a job. */
const LONGEST_DELAY_MS = 60_000

/**
 * Makes jobs due that a worker whose clock was ahead has delayed until long after `now`: no other worker would advance their
 * threads until that time. Resolves with their number.
 */
export function promoteMisdated(queue: Pick<JobQueue, 'promoteAfter'>, now: Date): Promise<number> {
  return queue.promoteAfter(new Date(now.getTime() + LONGEST_DELAY_MS))
}
