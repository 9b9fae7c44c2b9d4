import { cardOf } from '../../analysers/registry.ts'
import { connectionExhaustionSuspects } from '../../causality/connection-exhaustion.ts'
import { counterfactual } from '../counterfactual.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'

/** What the changes say about the root: one fits, none does, the fault is gone without it, or another one is suspect. */
export const changeEvidence = defineCheck({
  arguments: {
    MATCHING_CHANGE: 'for',
    NO_MATCHING_CHANGE: 'against',
    GONE_WITHOUT_CHANGE: 'for',
    PERSISTS_WITHOUT_CHANGE: 'against',
    RECENT_CLIENT_RELEASE: 'against',
  },
  run: context => [
    ...matchingChange(context),
    ...outcomeWithoutChange(context),
    ...recentClientRelease(context),
  ],
})

/** A change on the path, before the onset, of the right kind; its absence counts only where nothing but a change could do it. */
function matchingChange({
  chain: { root },
  change,
}: CheckContext): ArgumentOf<'MATCHING_CHANGE' | 'NO_MATCHING_CHANGE'>[] {
  if (change !== null) {
    const message = `a change of the right kind precedes the onset: ${change.summary}`
    return [{ code: 'MATCHING_CHANGE', message, evidence: change.evidence }]
  }
  const { layer, mechanism } = cardOf(root.code)
  if (mechanism === null || layer === 'infrastructure') return []
  const message = 'no change was found that can bring the fault about'
  return [{ code: 'NO_MATCHING_CHANGE', message, evidence: root.evidence }]
}

/** The analysers run again on the objects as they were before the change. */
function outcomeWithoutChange({
  view,
  chain: { root },
  change,
}: CheckContext): ArgumentOf<'GONE_WITHOUT_CHANGE' | 'PERSISTS_WITHOUT_CHANGE'>[] {
  const result = change === null ? null : counterfactual(view, root, change)
  if (change === null || result === null) return []
  const { persists, evidence } = result
  const { name } = change.subject
  return [
    persists
      ? {
          code: 'PERSISTS_WITHOUT_CHANGE',
          message: `the fault persists with ${name} as before the change`,
          evidence,
        }
      : {
          code: 'GONE_WITHOUT_CHANGE',
          message: `the fault disappears with ${name} as before the change`,
          evidence,
        },
  ]
}

/** A server without a free connection is unhealthy, and a release that keeps connections may be what takes them all. */
function recentClientRelease({
  view,
  chain: { root, explained },
}: CheckContext): ArgumentOf<'RECENT_CLIENT_RELEASE'>[] {
  const clients = explained.map(finding => finding.service)
  const releases = connectionExhaustionSuspects(view, root, clients)
  if (releases.length === 0) return []
  const names = releases.map(({ service, revision }) => `${service} (revision ${revision.number})`).join(', ')
  const message = `a release shortly before may hold the connections of ${root.subject.name}: ${names}; no read counts connections by client`
  const evidence = [...new Set(releases.map(({ revision }) => revision.evidence))]
  return [{ code: 'RECENT_CLIENT_RELEASE', message, evidence }]
}
