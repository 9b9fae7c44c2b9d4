import { joinWords } from '@goalixa/chassis/join-words'
import type { Method, Proposal } from '../devops/proposal.ts'
import type { Step } from '../devops/step.ts'
import type { Verdict } from '../incident/verdict.ts'
import { scaled } from '../snapshot/clock.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** The rule that a proposal breaks. */
export type ObjectionCode =
  | 'UNKNOWN_EVIDENCE'
  | 'NO_CAUSE'
  | 'TOOL_NOT_ALLOWED'
  | 'OTHER_NAMESPACE'
  | 'OTHER_TARGET'
  | 'OTHER_REVISION'
  | 'IRREVERSIBLE'
  | 'NOT_VERIFIABLE'
  | 'NOT_ON_THE_CHAIN'
/** An objection to a proposal; the message is a sentence. */
export type Objection = { code: ObjectionCode; message: string }
type Reviewed = { proposal: Proposal; verdict: Verdict; snapshot: Snapshot }

/** The only calls that each method may consist of. */
const ALLOWED: Record<Method, readonly Step['tool'][]> = {
  'git-revert': ['forge_open_revert', 'forge_merge_revert', 'delivery_refresh_app', 'delivery_sync_app'],
  'delivery-rollback': ['delivery_set_auto_sync', 'delivery_rollback_app', 'forge_open_revert'],
  'rollout-undo': ['kubernetes_undo_rollout'],
  'delivery-sync': ['delivery_sync_app'],
  restart: ['kubernetes_restart_workload'],
  scale: ['kubernetes_scale_workload'],
}
const ALLOWED_IN_UNDO: readonly Step['tool'][] = [
  'delivery_set_auto_sync',
  'delivery_rollback_app',
  'kubernetes_undo_rollout',
  'kubernetes_scale_workload',
  'delivery_sync_app',
  'delivery_refresh_app',
  'forge_open_revert',
  'forge_merge_revert',
  'forge_close_revert',
]
const ALLOWED_AFTER_MERGE: readonly Step['tool'][] = ['delivery_set_auto_sync', 'delivery_refresh_app']
/** The arguments that a step may take from the result of an earlier one: never its target. */
const ALLOWED_FROM_RESULTS = ['sha', 'number', 'branch', 'automated', 'leftBy']

/** The objections to showing a proposal to a person: not grounded in evidence, not allowed, not reversible, or reaching too far. */
export function reviewProposal(reviewed: Reviewed): { objections: Objection[] } {
  return {
    objections: [
      ...checkGrounded(reviewed),
      ...checkTools(reviewed),
      ...checkReach(reviewed),
      ...checkReversible(reviewed),
      ...checkVerifiable(reviewed),
      ...checkOnChain(reviewed),
      ...checkRevision(reviewed),
    ],
  }
}

function checkGrounded({ proposal, snapshot, verdict }: Reviewed): Objection[] {
  const known = new Set([
    ...snapshot.objects.map(object => object.evidence),
    ...snapshot.reads.map(read => read.evidence),
    ...snapshot.series.map(series => series.evidence),
    ...snapshot.events.map(event => event.evidence),
    ...snapshot.logs.map(log => log.evidence),
    ...snapshot.edges.map(edge => edge.evidence),
    ...snapshot.changes.flatMap(change => change.evidence),
  ])
  const unknown = proposal.evidence.filter(id => !known.has(id))
  if (unknown.length > 0)
    return [
      {
        code: 'UNKNOWN_EVIDENCE',
        message: `The proposal cites ${joinWords(unknown)}, which Syntra never read.`,
      },
    ]
  if (verdict.outcome !== 'cause')
    return [{ code: 'NO_CAUSE', message: 'The verdict names no cause to act on.' }]
  return []
}

function checkTools({ proposal }: Reviewed): Objection[] {
  const { method, steps, undo } = proposal
  const foreign = [
    ...steps.filter(step => !ALLOWED[method].includes(step.tool)),
    ...('steps' in undo ? undo.steps : []).filter(step => !ALLOWED_IN_UNDO.includes(step.tool)),
    ...stepsAfterMerge(proposal).filter(step => !ALLOWED_AFTER_MERGE.includes(step.tool)),
  ]
  return foreign.map(({ tool }) => ({
    code: 'TOOL_NOT_ALLOWED',
    message: `Method ${method} may not call ${tool}.`,
  }))
}

function checkReach({ proposal, snapshot }: Reviewed): Objection[] {
  const namespace = snapshot.scope.namespace ?? snapshot.scope.alerts[0]?.labels.namespace ?? null
  const { target, pendingRevert } = proposal
  const undo = 'steps' in proposal.undo ? proposal.undo.steps : []
  const steps = [...proposal.steps, ...undo, ...stepsAfterMerge(proposal)]
  const names = [target.name, target.app]
  const objections: Objection[] = []
  const object = (code: ObjectionCode, message: string) => objections.push({ code, message })
  if (namespace !== null && target.namespace !== null && target.namespace !== namespace)
    object('OTHER_NAMESPACE', `The target is in ${target.namespace}, the incident in ${namespace}.`)
  if (steps.some(({ args }) => args.namespace !== undefined && args.namespace !== target.namespace))
    object('OTHER_NAMESPACE', 'A step reaches into a namespace other than that of the target.')
  if (steps.some(({ args }) => typeof args.name === 'string' && !names.includes(args.name)))
    object('OTHER_TARGET', 'A step changes something other than the target.')
  if (steps.some(({ from = {} }) => Object.keys(from).some(name => !ALLOWED_FROM_RESULTS.includes(name))))
    object('OTHER_TARGET', 'What a step changes depends on the result of an earlier step.')
  if (pendingRevert && (pendingRevert.app !== target.app || pendingRevert.repo !== target.repo))
    object('OTHER_TARGET', 'The pending revert belongs to an application other than that of the target.')
  if (steps.some(({ args }) => typeof args.repo === 'string' && args.repo !== target.repo))
    object('OTHER_TARGET', 'A step changes a repository other than that of the target.')
  return objections
}

function stepsAfterMerge({ pendingRevert }: Proposal): Step[] {
  return pendingRevert === undefined ? [] : [pendingRevert.step]
}

function checkReversible({ proposal }: Reviewed): Objection[] {
  const { undo, method, risk } = proposal
  const isExpected = method === 'restart' || method === 'git-revert' || risk === 'R4'
  return 'irreversible' in undo && !isExpected
    ? [{ code: 'IRREVERSIBLE', message: `The change cannot be undone: ${undo.irreversible}` }]
    : []
}

function checkVerifiable({ proposal, snapshot }: Reviewed): Objection[] {
  const { recovered, forSeconds, withinSeconds } = proposal.verification
  const shortest = Math.floor(scaled(snapshot.scope, 30, 3))
  if (recovered.length === 0)
    return [
      {
        code: 'NOT_VERIFIABLE',
        message: 'The proposal has no recovery check that could prove that the change helped.',
      },
    ]
  if (forSeconds < shortest || withinSeconds <= forSeconds)
    return [{ code: 'NOT_VERIFIABLE', message: 'The proposal watches recovery for too short a time.' }]
  return []
}

function checkOnChain({ proposal, verdict }: Reviewed): Objection[] {
  const [cause] = verdict.causes
  const links = [...(cause?.chain ?? []), ...(cause === undefined ? [] : [cause])]
  const isOnChain = links.some(
    link =>
      link.subject.name === proposal.target.name ||
      (link.service !== null && link.service === proposal.target.service),
  )
  return isOnChain
    ? []
    : [{ code: 'NOT_ON_THE_CHAIN', message: `${proposal.target.name} is not on the causal chain.` }]
}

/** A revision number means something only for the workload whose rollout is the contributing change. */
function checkRevision({ proposal, verdict }: Reviewed): Objection[] {
  if (proposal.method !== 'rollout-undo') return []
  const change = verdict.causes[0]?.change
  const { kind, name } = proposal.target
  const isOwn = change?.kind === 'rollout' && change.subject.kind === kind && change.subject.name === name
  const isPrevious = proposal.steps.every(step => String(step.args.toRevision) === change?.from)
  return isOwn && isPrevious
    ? []
    : [
        {
          code: 'OTHER_REVISION',
          message: `The rollback does not restore the revision that ${name} had before the change.`,
        },
      ]
}
