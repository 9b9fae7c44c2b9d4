import { mayUseItUp } from '../../causality/connection-exhaustion.ts'
import type { Judgement } from '../check.ts'

/** A server without a free connection is sick, and who takes its connections may be a release that keeps them. */
export const releasedBeforeIt: Judgement = ({ view, chain: { root, explained } }) => {
  const releases = mayUseItUp(
    view,
    root,
    explained.map(one => one.service),
  )
  if (releases.length === 0) return []
  const names = releases.map(({ service, revision }) => `${service} (revision ${revision.number})`).join(', ')
  const says = `${names} came before it and may be what takes the connections of ${root.subject.name}: nothing that was read counts them`
  const evidence = releases.map(({ revision }) => revision.evidence)
  return [{ side: 'against', code: 'RELEASED_BEFORE_IT', says, evidence: [...new Set(evidence)] }]
}
