import { connectionExhaustionSuspects } from '../../causality/connection-exhaustion.ts'
import type { ConfidenceCheck } from '../check.ts'

/** A server without a free connection is sick, and who takes its connections may be a release that keeps them. */
export const recentClientRelease: ConfidenceCheck = ({ view, chain: { root, explained } }) => {
  const releases = connectionExhaustionSuspects(
    view,
    root,
    explained.map(one => one.service),
  )
  if (releases.length === 0) return []
  const names = releases.map(({ service, revision }) => `${service} (revision ${revision.number})`).join(', ')
  const message = `${names} came before it and may be what takes the connections of ${root.subject.name}: nothing that was read counts them`
  const evidence = releases.map(({ revision }) => revision.evidence)
  return [{ side: 'against', code: 'RELEASED_BEFORE_IT', message, evidence: [...new Set(evidence)] }]
}
