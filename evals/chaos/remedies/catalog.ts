import { delivery } from './delivery.remedy.ts'
import type { Remedy } from './remedy.ts'
import { restart } from './restart.remedy.ts'
import { revert } from './revert.remedy.ts'
import { rollout } from './rollout.remedy.ts'
import { scale } from './scale.remedy.ts'

/** Every remedy of the run. To add one, copy a neighbour and name it here. */
export const REMEDIES: readonly Remedy[] = [restart, scale, rollout, delivery, revert]

/** The remedy that a service needs, by its name; undefined for a service that needs none. */
export function findRemedy(service: string): Remedy | undefined {
  return REMEDIES.find(({ name }) => service.startsWith(`${name}-`))
}
