import { pluralize } from '@goalixa/chassis/pluralize'
import type { Cause } from '../incident/verdict.ts'
import { appQuestions } from '../planner/follow-up-questions.ts'
import { gateQuestions } from '../planner/release-questions.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { type App, isOperating } from '../snapshot/objects/delivery-app.ts'
import { booleanAt, listAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Choice } from './choose-proposal.ts'
import { classifyRisk } from './classify-risk.ts'
import { commitsQuestion } from './commits-question.ts'
import { preconditionsFor } from './preconditions.ts'
import type { Proposal, Step } from './proposal.ts'
import { isRefused, rightsQuestion } from './rights-question.ts'
import { unansweredQuestions } from './unanswered-questions.ts'
import { planVerification } from './verification/plan-verification.ts'

type Drift = { path: string; live: unknown; desired: unknown }

/** Back to what Git says after a change by hand: a sync where it would change nothing else, else the replicas only. */
export function proposeRestore(view: SnapshotView, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const app = view.appOfWorkload(cause.subject.name)
  if (workload === undefined || app === undefined)
    return nothing(`${cause.message}. It is not known what Git wants.`)
  const missing = unansweredQuestions(view, [
    ...appQuestions(app.name),
    ...gateQuestions(app),
    ...commitsQuestion(app),
    ...(cause.code === 'SCALED_BELOW_GIT' ? rightsQuestion(workload) : []),
  ])
  if (missing.length > 0)
    return {
      proposal: null,
      message: `It has to be read first what a sync of ${app.name} would do.`,
      missing,
    }

  const { own, others } = driftOf(view, app, workload)
  const isScale = cause.code === 'SCALED_BELOW_GIT'
  const expected = own.filter(one =>
    isScale ? one.path === 'spec.replicas' : one.path.startsWith('spec.template'),
  )
  if (expected.length === 0) return nothing(`${workload.name} does not differ from Git any more.`)
  const refusal = whyNoSync(view, app, others + own.length - expected.length)
  const replicas = isScale ? numberAt(expected[0], 'desired') : null
  if (refusal !== null && (replicas === null || isRefused(view, workload)))
    return nothing(
      `${workload.name} was changed by hand, but it can not be synced: ${refusal}. A person has to.`,
    )
  const preconditions = preconditionsFor(view, cause.subject, app)
  if (preconditions.length === 0) return nothing('The state of the workload was not read.')

  const undo = undoOf(workload, cause, numberAt(expected[0], 'live'))
  const step: Step = refusal === null ? syncStep(view, app) : scaleStep(workload, replicas ?? 0)
  const diff = view.read(questionId.deliveryDiff(app.name))
  const proposal: Proposal = {
    kind: refusal === null ? 'sync' : 'scale',
    method: refusal === null ? 'delivery-sync' : 'scale',
    target: { ...cause.subject, app: app.name, repo: app.repo, service: cause.service },
    risk: classifyRisk(view, workload),
    message:
      refusal === null
        ? `Sync ${app.name}, so that ${workload.name} is again what Git says.`
        : `Scale ${workload.name} back to ${pluralize(replicas ?? 0, 'replica')}, as Git says.`,
    why: cause.message,
    rejected: [
      { method: 'git-revert', why: 'nothing was changed in Git' },
      { method: 'delivery-rollback', why: 'the deployed revision is the right one' },
      refusal === null
        ? { method: 'scale', why: 'a sync restores it and leaves Argo CD in step' }
        : { method: 'delivery-sync', why: refusal },
    ],
    preconditions,
    steps: [step],
    undo,
    verification: planVerification({ view, cause, workload, replicas }),
    evidence: [
      ...new Set([
        ...cause.chain.flatMap(one => one.evidence),
        app.evidence,
        ...(diff === undefined ? [] : [diff.evidence]),
      ]),
    ],
    warnings: ['Whoever changed it by hand may have had a reason: ask before the next time.'],
  }
  return { proposal, message: proposal.message, missing: [] }
}

function driftOf(view: SnapshotView, app: App, workload: Workload): { own: Drift[]; others: number } {
  const differences = listAt(view.read(questionId.deliveryDiff(app.name))?.result, 'differences')
  const isOwn = (one: unknown) =>
    stringAt(one, 'kind') === workload.kind && stringAt(one, 'name') === workload.name
  const changes = (one: unknown) => listAt(one, 'changes')
  return {
    own: differences
      .filter(isOwn)
      .flatMap(changes)
      .map(one => ({
        path: stringAt(one, 'path') ?? '',
        live: numberAt(one, 'live'),
        desired: numberAt(one, 'desired'),
      })),
    others: differences.filter(difference => !isOwn(difference)).flatMap(changes).length,
  }
}

function whyNoSync(view: SnapshotView, app: App, others: number): string | null {
  const windows = view.read(questionId.syncWindows(app.name))
  if (booleanAt(windows?.result, 'canSync') === false) return 'a sync window forbids it now'
  if (isOperating(app)) return 'another operation is running'
  if (app.automated === null && comparedWith(view, app) === null)
    return 'it is not known at which commit Git was compared'
  return others === 0 ? null : `it would change ${pluralize(others, 'more field')}`
}

/** At the very commit that the differences were read at, where Argo CD allows that: not while auto-sync is on. */
function syncStep(view: SnapshotView, { name, automated }: App): Step {
  const revision = comparedWith(view, { name })
  if (automated !== null || revision === null)
    return { tool: 'delivery_sync_app', args: { name }, message: `Sync ${name} to what Git says.` }
  return {
    tool: 'delivery_sync_app',
    args: { name, revision },
    message: `Sync ${name} to what Git says at ${revision.slice(0, 7)}.`,
  }
}

function comparedWith(view: SnapshotView, { name }: Pick<App, 'name'>): string | null {
  return stringAt(view.read(questionId.deliveryDiff(name))?.result, 'revision')
}

function undoOf(workload: Workload, cause: Cause, live: number | null): Proposal['undo'] {
  if (cause.code === 'SCALED_BELOW_GIT' && live !== null)
    // Scaling or a sync moves the generation by one; who has scaled it since is not taken back.
    return { steps: [{ ...scaleStep(workload, live, 1), undoes: 1 }] }
  const generation = numberAt(workload.object, 'metadata.generation')
  const revision = Number(cause.change?.to)
  if (generation === null || !Number.isInteger(revision))
    return { irreversible: 'The state by hand is not known well enough.' }
  return {
    steps: [
      {
        tool: 'kubernetes_undo_rollout',
        args: {
          namespace: workload.namespace ?? '',
          name: workload.name,
          toRevision: revision,
          // The sync moves the generation by one.
          generation: generation + 1,
        },
        message: `Give ${workload.name} the pod template of revision ${revision} again.`,
        undoes: 1,
      },
    ],
  }
}

/** `moved`: by how much the generation is further than what was read. */
function scaleStep({ kind, name, namespace, object }: Workload, replicas: number, moved = 0): Step {
  const generation = numberAt(object, 'metadata.generation')
  const at: Step['args'] = generation === null ? {} : { generation: generation + moved }
  return {
    tool: 'kubernetes_scale_workload',
    args: { namespace: namespace ?? '', kind, name, replicas, ...at },
    message: `Set ${name} to ${pluralize(replicas, 'replica')}.`,
  }
}

function nothing(message: string): Choice {
  return { proposal: null, message, missing: [] }
}
