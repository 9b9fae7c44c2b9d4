import type { EvidenceIndex } from '../index-evidence.ts'
import type { Snapshot } from '../snapshot.ts'
import { compareStrings } from '../text/compare-strings.ts'
import { findRolloutChanges } from './rollout-changes.ts'
import { findScaleChanges } from './scale-changes.ts'
import { findSyncChanges } from './sync-changes.ts'

/** What was changed, oldest first: rollouts with the diff of their templates, syncs with their commits, scaling. */
export function collectChanges(index: EvidenceIndex): Snapshot['changes'] {
  const all = [...findRolloutChanges(index), ...findSyncChanges(index), ...findScaleChanges(index)]
  return all.toSorted(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      compareStrings(`${a.kind}${a.subject.name}`, `${b.kind}${b.subject.name}`),
  )
}
