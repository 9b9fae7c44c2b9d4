import { joinWords } from '@goalixa/chassis/join-words'
import { CALLS, CHANGES, mergeNeeds, PODS } from '../../../snapshot/needs.ts'
import { cardOf } from '../../analysers/registry.ts'
import { findConnectionExhaustionSuspects } from '../../causality/connection-exhaustion-suspects.ts'
import { runCounterfactual } from '../counterfactual.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'

const CHANGE_NOUNS = {
  rollout: 'rollout',
  sync: 'sync',
  commit: 'commit',
  scale: 'scaling',
  config: 'configuration change',
} as const

/** Evidence from changes: one fits, none fits, the fault disappears without it, or a release of a client is suspect. */
export const changeEvidence = defineCheck({
  needs: mergeNeeds(PODS, CALLS, CHANGES, { reads: ['logs'] }),
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

/** A change of the failing object that precedes the onset and can cause the fault. Its absence counts only where nothing but a change can. */
function matchingChange({
  chain: { root },
  change,
}: CheckContext): ArgumentOf<'MATCHING_CHANGE' | 'NO_MATCHING_CHANGE'>[] {
  if (change !== null) {
    const message = `the ${CHANGE_NOUNS[change.kind]} of ${change.subject.name} precedes the onset and can cause the fault`
    return [{ code: 'MATCHING_CHANGE', message, evidence: change.evidence }]
  }
  const { layer, mechanism } = cardOf(root.code)
  if (mechanism === null || layer === 'infrastructure') return []
  const message = 'no change that can cause the fault was found'
  return [{ code: 'NO_MATCHING_CHANGE', message, evidence: root.evidence }]
}

/** The analysers run again on the objects as they were before the change. */
function outcomeWithoutChange({
  view,
  chain: { root },
  change,
}: CheckContext): ArgumentOf<'GONE_WITHOUT_CHANGE' | 'PERSISTS_WITHOUT_CHANGE'>[] {
  const result = change === null ? null : runCounterfactual(view, root, change)
  if (change === null || result === null) return []
  const { persists, evidence } = result
  const { name } = change.subject
  return [
    persists
      ? {
          code: 'PERSISTS_WITHOUT_CHANGE',
          message: `the analysers still find the fault with ${name} as it was before the change`,
          evidence,
        }
      : {
          code: 'GONE_WITHOUT_CHANGE',
          message: `the analysers no longer find the fault with ${name} as it was before the change`,
          evidence,
        },
  ]
}

/** A server without a free connection is unhealthy, but a client release that leaks connections may hold all of them. */
function recentClientRelease({
  view,
  chain: { root, explained },
}: CheckContext): ArgumentOf<'RECENT_CLIENT_RELEASE'>[] {
  const clients = explained.map(finding => finding.service)
  const releases = findConnectionExhaustionSuspects(view, root, clients)
  if (releases.length === 0) return []
  const names = joinWords(releases.map(({ service, revision }) => `${service} (revision ${revision.number})`))
  const message = `clients released shortly before the onset may hold all connections of ${root.subject.name}: ${names}; Syntra cannot count connections per client`
  const evidence = [...new Set(releases.map(({ revision }) => revision.evidence))]
  return [{ code: 'RECENT_CLIENT_RELEASE', message, evidence }]
}
