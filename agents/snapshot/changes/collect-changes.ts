import type { Snapshot } from '../snapshot.ts'
import { byText } from '../text/compare-strings.ts'
import { createView } from '../index-snapshot.ts'
import { rolloutChanges } from './rollout-changes.ts'
import { scaleChanges } from './scale-changes.ts'
import { syncChanges } from './sync-changes.ts'

/** What was changed, oldest first: rollouts with the difference of their templates, syncs with their commits, scaling. */
export function changesOf(snapshot: Snapshot): Snapshot['changes'] {
  const view = createView(snapshot)
  const all = [...rolloutChanges(view), ...syncChanges(view), ...scaleChanges(view)]
  return all.toSorted(
    (a, b) =>
      Date.parse(a.at) - Date.parse(b.at) ||
      byText(`${a.kind}${a.subject.name}`, `${b.kind}${b.subject.name}`),
  )
}
