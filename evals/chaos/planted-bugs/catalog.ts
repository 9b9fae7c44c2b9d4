import { byteLimitRemoved } from './byte-limit-removed.planted-bug.ts'
import { foreignKeyTrusted } from './foreign-key-trusted.planted-bug.ts'
import { leaseCheckRemoved } from './lease-check-removed.planted-bug.ts'
import type { PlantedBug } from './planted-bug.ts'
import { priorityRemoved } from './priority-removed.planted-bug.ts'

/** Every planted bug, in the order of the proof. To add one, copy a neighbour and name it here. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  leaseCheckRemoved,
  foreignKeyTrusted,
  priorityRemoved,
  byteLimitRemoved,
]
