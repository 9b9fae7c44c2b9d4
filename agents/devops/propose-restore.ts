import { pluralize } from '@goalixa/chassis/pluralize'
import type { Diagnosis } from '../incident/diagnose.ts'
import type { Cause } from '../incident/verdict.ts'
import { commitsQuestions, deploymentQuestions, gateQuestions } from '../snapshot/app-questions.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { type App, isOperating } from '../snapshot/objects/delivery-app.ts'
import { booleanAt, listAt, numberAt, stringAt } from '../snapshot/objects/json-path.ts'
import type { Workload } from '../snapshot/objects/workload.ts'
import { questionId } from '../snapshot/question-id.ts'
import { type Choice, proposeNothing, requestReads } from './choice.ts'
import { classifyRisk } from './classify-risk.ts'
import { explainCause } from './explain-cause.ts'
import { filterUnansweredQuestions } from './filter-unanswered-questions.ts'
import { listPreconditions } from './list-preconditions.ts'
import type { Proposal } from './proposal.ts'
import { isChangeForbidden, rightsQuestion } from './rights-question.ts'
import { createStep, type Step } from './step.ts'
import { planVerification } from './verification/plan-verification.ts'

type Difference = { path: string; live: number | null; desired: number | null }
type Scalable = Workload & { kind: 'Deployment' | 'StatefulSet' }

/** Proposes to undo a manual change: by a sync where that changes nothing else, otherwise by restoring the replica count alone. */
export function proposeRestore({ view, chains }: Diagnosis, cause: Cause): Choice {
  const workload = view.workloadNamed(cause.subject.name)
  const app = view.appOfWorkload(cause.subject.name)
  if (workload === undefined || app === undefined)
    return proposeNothing(
      `${cause.message}. Syntra does not know what Git declares, so it cannot restore that state.`,
    )
  const missing = filterUnansweredQuestions(view, [
    ...deploymentQuestions(app.name),
    ...gateQuestions(app),
    ...commitsQuestions(app),
    ...(cause.code === 'SCALED_BELOW_GIT' ? rightsQuestion(workload) : []),
  ])
  if (missing.length > 0)
    return requestReads(`Syntra first has to read what a sync of ${app.name} would change.`, missing)

  const { own, others } = differencesFromGit(view, app, workload)
  const isScale = cause.code === 'SCALED_BELOW_GIT'
  const expected = own.filter(({ path }) =>
    isScale ? path === 'spec.replicas' : path.startsWith('spec.template'),
  )
  if (expected.length === 0) return proposeNothing(`${workload.name} no longer differs from Git.`)
  const refusal = reasonNotToSync(view, app, others + own.length - expected.length)
  const replicas = isScale ? (expected[0]?.desired ?? null) : null
  if (refusal !== null && (replicas === null || !isScalable(workload) || isChangeForbidden(view, workload)))
    return proposeNothing(
      `Sync ${app.name} manually to undo the manual change of ${workload.name}: Syntra cannot do it, because ${refusal}.`,
    )
  const preconditions = listPreconditions(view, cause.subject, app)
  if (preconditions.length === 0)
    return proposeNothing(
      `No action is proposed, because Syntra could not read the state of ${workload.name}.`,
    )

  const diff = view.read(questionId.deliveryDiff(app.name))
  const common = {
    target: { ...cause.subject, app: app.name, repo: app.repo, service: cause.service },
    ...classifyRisk(view, cause.subject),
    why: explainCause(cause),
    preconditions,
    undo: planUndo(workload, cause, expected[0]?.live ?? null),
    verification: planVerification({ view, chains, cause, workload, replicas }),
    evidence: [
      ...new Set([
        ...cause.chain.flatMap(finding => finding.evidence),
        app.evidence,
        ...(diff === undefined ? [] : [diff.evidence]),
      ]),
    ],
    warnings: ['The manual change may have been deliberate: ask its author before approving.'],
  }
  const rejected: Proposal['rejected'] = [
    { method: 'git-revert', why: 'nothing was changed in Git' },
    { method: 'delivery-rollback', why: 'the deployed revision is the right one' },
  ]
  const proposal: Proposal =
    refusal === null || !isScalable(workload)
      ? {
          ...common,
          kind: 'sync',
          method: 'delivery-sync',
          message: `Sync application ${app.name} to restore ${workload.kind} ${workload.name} to the state in Git.`,
          rejected: [
            ...rejected,
            { method: 'scale', why: 'a sync restores the workload and the sync status of the application' },
          ],
          steps: [syncStep(view, app)],
        }
      : {
          ...common,
          kind: 'scale',
          method: 'scale',
          message: `Scale ${workload.name} back to ${pluralize(replicas ?? 0, 'replica')}, the count in Git.`,
          rejected: [...rejected, { method: 'delivery-sync', why: refusal }],
          steps: [scaleStep(workload, replicas ?? 0)],
        }
  return { proposal, message: proposal.message, missing: [] }
}

function differencesFromGit(
  view: SnapshotView,
  app: App,
  workload: Workload,
): { own: Difference[]; others: number } {
  const differences = listAt(view.read(questionId.deliveryDiff(app.name))?.result, 'differences')
  const isOwn = (difference: unknown) =>
    stringAt(difference, 'kind') === workload.kind && stringAt(difference, 'name') === workload.name
  const changes = (difference: unknown) => listAt(difference, 'changes')
  return {
    own: differences
      .filter(isOwn)
      .flatMap(changes)
      .map(change => ({
        path: stringAt(change, 'path') ?? '',
        live: numberAt(change, 'live'),
        desired: numberAt(change, 'desired'),
      })),
    others: differences.filter(difference => !isOwn(difference)).flatMap(changes).length,
  }
}

function reasonNotToSync(view: SnapshotView, app: App, others: number): string | null {
  const windows = view.read(questionId.syncWindows(app.name))
  if (booleanAt(windows?.result, 'canSync') === false) return 'a sync window forbids syncs now'
  if (isOperating(app)) return `another operation of ${app.name} is running`
  if (app.automated === null && comparedRevision(view, app) === null)
    return 'the commit that the cluster was compared with is not known'
  return others === 0 ? null : `a sync would also change ${pluralize(others, 'other field')}`
}

/** Syncs to the commit that was compared, where the deploy system allows that: Argo CD does not while auto-sync is on. */
function syncStep(view: SnapshotView, { name, automated }: App): Step {
  const revision = comparedRevision(view, { name })
  if (automated !== null || revision === null)
    return createStep('delivery_sync_app', { args: { name }, message: `Sync ${name} to the state in Git.` })
  return createStep('delivery_sync_app', {
    args: { name, revision },
    message: `Sync ${name} to commit ${revision.slice(0, 7)}.`,
  })
}

function comparedRevision(view: SnapshotView, { name }: Pick<App, 'name'>): string | null {
  return stringAt(view.read(questionId.deliveryDiff(name))?.result, 'revision')
}

function planUndo(workload: Workload, cause: Cause, live: number | null): Proposal['undo'] {
  if (cause.code === 'SCALED_BELOW_GIT' && live !== null && isScalable(workload))
    // Scaling or a sync raises the generation by one, so that a later change by others is not undone.
    return { steps: [{ ...scaleStep(workload, live, 1), undoes: 1 }] }
  const generation = numberAt(workload.object, 'metadata.generation')
  const revision = Number(cause.change?.to)
  if (generation === null || !Number.isInteger(revision))
    return { irreversible: 'Too little is known about the manual change to apply it again.' }
  return {
    steps: [
      {
        ...createStep('kubernetes_undo_rollout', {
          args: {
            namespace: workload.namespace ?? '',
            name: workload.name,
            toRevision: revision,
            // The sync raises the generation by one.
            generation: generation + 1,
          },
          message: `Restore the pod template of revision ${revision} of ${workload.name}.`,
        }),
        undoes: 1,
      },
    ],
  }
}

function isScalable(workload: Workload): workload is Scalable {
  return workload.kind === 'Deployment' || workload.kind === 'StatefulSet'
}

/** `raisedBy`: by how much the earlier steps raise the generation that was read. */
function scaleStep({ kind, name, namespace, object }: Scalable, replicas: number, raisedBy = 0): Step {
  const generation = numberAt(object, 'metadata.generation')
  return createStep('kubernetes_scale_workload', {
    args: {
      namespace: namespace ?? '',
      kind,
      name,
      replicas,
      ...(generation === null ? {} : { generation: generation + raisedBy }),
    },
    message: `Scale ${name} to ${pluralize(replicas, 'replica')}.`,
  })
}
