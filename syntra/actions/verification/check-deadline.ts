import type { SyntraConfig } from '../../config.ts'

/** How long a recovery check may take, in milliseconds. Its reads run in parallel, each under its own deadline. */
export function checkDeadlineMs({ SYNTRA_READ_TIMEOUT_SECONDS }: SyntraConfig): number {
  return 1_500 * SYNTRA_READ_TIMEOUT_SECONDS
}
