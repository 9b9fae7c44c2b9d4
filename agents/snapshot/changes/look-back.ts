import type { About } from '../snapshot.ts'
import { scaled } from '../clock.ts'

/** How long before the alert a change may lie and still be considered, in seconds: two hours in production. */
export function lookBackSeconds(about: Pick<About, 'timeScale'>): number {
  return scaled(about, 2 * 60 * 60, 300)
}
