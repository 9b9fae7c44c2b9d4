import type { Proposal, Step } from '../devops/proposal.ts'
import type { Verdict } from '../incident/verdict.ts'
import { scaled } from '../snapshot/clock.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

export type Objection = { code: string; message: string }
type Reviewed = { proposal: Proposal; verdict: Verdict; snapshot: Snapshot }

/** The only calls that each method may consist of. */
const ALLOWED: Record<Proposal['method'], string[]> = {
  'git-revert': ['forge_open_revert', 'forge_merge_revert', 'delivery_refresh_app', 'delivery_sync_app'],
  'delivery-rollback': ['delivery_set_auto_sync', 'delivery_rollback_app', 'forge_open_revert'],
  'rollout-undo': ['kubernetes_undo_rollout'],
  'delivery-sync': ['delivery_sync_app'],
  restart: ['kubernetes_restart_workload'],
  scale: ['kubernetes_scale_workload'],
}
const ALLOWED_IN_UNDO = [
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
const ALLOWED_LATER = ['delivery_set_auto_sync', 'delivery_refresh_app']
/** What a step may take from an earlier one's result: never what it is done to. */
const ALLOWED_FROM = ['sha', 'number', 'branch', 'automated', 'leftBy']
const READS = [
  'kubernetes_get_object',
  'prometheus_query',
  'prometheus_read_alert_rule',
  'delivery_get_app',
  'delivery_list_history',
  'delivery_read_sync_windows',
  'forge_list_commits',
]

/** What speaks against showing a proposal to a person: not grounded, not allowed, not reversible, reaches too far. */
export function reviewProposal(reviewed: Reviewed): { objections: Objection[] } {
  return {
    objections: [
      ...notGrounded(reviewed),
      ...notAllowed(reviewed),
      ...reachesTooFar(reviewed),
      ...notReversible(reviewed),
      ...notVerifiable(reviewed),
      ...notOnTheChain(reviewed),
      ...notItsOwnRevision(reviewed),
    ],
  }
}

function notGrounded({ proposal, snapshot, verdict }: Reviewed): Objection[] {
  const known = new Set([
    ...snapshot.objects.map(object => object.evidence),
    ...snapshot.reads.map(read => read.evidence),
    ...snapshot.series.map(series => series.evidence),
    ...snapshot.events.map(one => one.evidence),
    ...snapshot.logs.map(log => log.evidence),
    ...snapshot.edges.map(edge => edge.evidence),
    ...snapshot.changes.flatMap(change => change.evidence),
  ])
  const unknown = proposal.evidence.filter(id => !known.has(id))
  if (unknown.length > 0)
    return [{ code: 'UNKNOWN_EVIDENCE', message: `It cites ${unknown.join(', ')}, which nobody read.` }]
  if (verdict.outcome !== 'cause') return [{ code: 'NO_CAUSE', message: 'There is no cause to act on.' }]
  return []
}

function notAllowed({ proposal }: Reviewed): Objection[] {
  const undo = 'steps' in proposal.undo ? proposal.undo.steps : []
  const foreign = [
    ...proposal.steps.filter(step => !ALLOWED[proposal.method].includes(step.tool)),
    ...undo.filter(step => !ALLOWED_IN_UNDO.includes(step.tool)),
    ...laterOf(proposal).filter(step => !ALLOWED_LATER.includes(step.tool)),
  ]
  const { recovered, worse, unrelatedAlerts } = proposal.verification
  const reads = [...proposal.preconditions, ...recovered, ...worse, ...unrelatedAlerts]
  const writes = reads.filter(read => !READS.includes(read.tool))
  return [...foreign, ...writes].map(one => ({
    code: 'TOOL_NOT_ALLOWED',
    message: `${one.tool} does not belong to ${proposal.method}.`,
  }))
}

function reachesTooFar({ proposal, snapshot }: Reviewed): Objection[] {
  const namespace = snapshot.scope.namespace ?? snapshot.scope.alerts[0]?.labels.namespace ?? null
  const { target } = proposal
  const undo = 'steps' in proposal.undo ? proposal.undo.steps : []
  const steps = [...proposal.steps, ...undo, ...laterOf(proposal)]
  const objections: Objection[] = []
  if (namespace !== null && target.namespace !== null && target.namespace !== namespace)
    objections.push({
      code: 'OTHER_NAMESPACE',
      message: `Its target is in ${target.namespace}, the incident in ${namespace}.`,
    })
  if (steps.some(step => step.args.namespace !== undefined && step.args.namespace !== target.namespace))
    objections.push({
      code: 'OTHER_NAMESPACE',
      message: 'A step reaches into another namespace than its target.',
    })
  const names = [target.name, target.app]
  if (steps.some(step => typeof step.args.name === 'string' && !names.includes(step.args.name)))
    objections.push({ code: 'OTHER_TARGET', message: 'A step is about something else than the target.' })
  if (steps.some(step => Object.keys(step.from ?? {}).some(name => !ALLOWED_FROM.includes(name))))
    objections.push({
      code: 'OTHER_TARGET',
      message: 'What a step is done to depends on an earlier one’s result.',
    })
  if (
    proposal.pendingRevert &&
    (proposal.pendingRevert.app !== target.app || proposal.pendingRevert.repo !== target.repo)
  )
    objections.push({
      code: 'OTHER_TARGET',
      message: 'What follows is about something else than the target.',
    })
  if (steps.some(step => typeof step.args.repo === 'string' && step.args.repo !== target.repo))
    objections.push({
      code: 'OTHER_TARGET',
      message: 'A step is about another repository than the target’s.',
    })
  return objections
}

function laterOf({ pendingRevert }: Proposal): Step[] {
  return pendingRevert === undefined ? [] : [pendingRevert.step]
}

function notReversible({ proposal }: Reviewed): Objection[] {
  const isMeant = proposal.method === 'restart' || proposal.method === 'git-revert' || proposal.risk === 'R4'
  return 'irreversible' in proposal.undo && !isMeant
    ? [{ code: 'IRREVERSIBLE', message: `It can not be taken back: ${proposal.undo.irreversible}` }]
    : []
}

function notVerifiable({ proposal, snapshot }: Reviewed): Objection[] {
  const { recovered, forSeconds, withinSeconds } = proposal.verification
  const shortest = Math.floor(scaled(snapshot.scope, 30, 3))
  if (recovered.length === 0)
    return [{ code: 'NOT_VERIFIABLE', message: 'Nothing would prove that it helped.' }]
  if (forSeconds < shortest || withinSeconds <= forSeconds)
    return [{ code: 'NOT_VERIFIABLE', message: 'It is watched for too short a time.' }]
  return []
}

function notOnTheChain({ proposal, verdict }: Reviewed): Objection[] {
  const [cause] = verdict.causes
  const links = [...(cause?.chain ?? []), ...(cause === undefined ? [] : [cause])]
  const isThere = links.some(
    link =>
      link.subject.name === proposal.target.name ||
      (link.service !== null && link.service === proposal.target.service),
  )
  return isThere
    ? []
    : [{ code: 'NOT_ON_THE_CHAIN', message: `${proposal.target.name} is not part of the cause’s chain.` }]
}

/** A revision number means something only for the workload whose rollout was found guilty. */
function notItsOwnRevision({ proposal, verdict }: Reviewed): Objection[] {
  if (proposal.method !== 'rollout-undo') return []
  const change = verdict.causes[0]?.change
  const { kind, name } = proposal.target
  const isOwn = change?.kind === 'rollout' && change.subject.kind === kind && change.subject.name === name
  const isBack = proposal.steps.every(step => String(step.args.toRevision) === change?.from)
  return isOwn && isBack
    ? []
    : [
        {
          code: 'OTHER_REVISION',
          message: `It goes back to a revision that is not the one ${name} had before.`,
        },
      ]
}
