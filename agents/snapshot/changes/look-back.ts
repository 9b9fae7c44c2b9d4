import { scaled } from '../clock.ts'
import type { Scope } from '../snapshot.ts'

/** How long before the alert a change is still considered, in seconds: two hours in production. */
export function lookBackSeconds(scope: Pick<Scope, 'timeScale'>): number {
  return scaled(scope, 2 * 60 * 60, 300)
}
