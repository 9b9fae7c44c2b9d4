import { byteLimitRemoved } from './byte-limit-removed.plant.ts'
import { foreignKeyTrusted } from './foreign-key-trusted.plant.ts'
import { leaseCheckRemoved } from './lease-check-removed.plant.ts'
import type { Plant } from './plant-card.ts'
import { priorityRemoved } from './priority-removed.plant.ts'

/** Every planted bug, in the order of the proof. To add one, copy a neighbour and name it here. */
export const PLANTS: readonly Plant[] = [
  leaseCheckRemoved,
  foreignKeyTrusted,
  priorityRemoved,
  byteLimitRemoved,
]
