import { pluralize } from '@goalixa/chassis/pluralize'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { CHANGES, mergeNeeds } from '../../snapshot/needs.ts'
import type { App } from '../../snapshot/objects/delivery-app.ts'
import { listAt, numberAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Where the cluster differs from Git: scaled or edited manually, or a sync that failed. */
export const gitDrift = defineAnalyser({
  needs: mergeNeeds(CHANGES, { reads: ['delivery-diff'] }),
  findings: {
    SYNC_FAILED: {
      title: 'The deploy system could not apply what Git declares.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'SYNC_FAILED' },
      mechanism: /./,
      isStanding: true,
      needsOnset: true,
    },
    SCALED_BELOW_GIT: {
      title: 'A workload was manually scaled below the replica count in Git.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'SCALED_BELOW_GIT' },
      mechanism: /replicas/,
      mechanismKind: 'scale',
      isStanding: true,
      needsOnset: true,
    },
    DRIFT_FROM_GIT: {
      title: 'An object differs from Git.',
      layer: 'note',
      kind: 'symptom',
      basis: 'observation',
      effects: [],
      cause: null,
      mechanism: null,
    },
  },
  run: view =>
    view.ownApps.flatMap(app => [
      ...findFailedSync(view, app),
      ...findDrift(view, app),
      ...findRevertedScaling(view, app),
    ]),
})

const FAILED = new Set(['Failed', 'Error'])

function findFailedSync(view: SnapshotView, app: App): FindingOf<'SYNC_FAILED'>[] {
  const { operation } = app
  // A failed automatic sync is retried for some minutes, in the phase Running.
  const hasFailed = operation !== null && (FAILED.has(operation.phase) || operation.retries > 0)
  if (!hasFailed) return []
  // A failure to apply a revision that is no longer the desired one is history.
  if (operation.revision !== null && app.revision !== null && operation.revision !== app.revision) return []
  return [
    {
      code: 'SYNC_FAILED',
      subject: { kind: 'Application', namespace: view.namespace, name: app.name },
      service: serviceOf(view, app),
      onset: operation.startedAt,
      message: `the last sync of application ${app.name} failed: ${quote(operation.message)}`,
      evidence: [app.evidence],
    },
  ]
}

function findDrift(view: SnapshotView, app: App): FindingOf<'SCALED_BELOW_GIT' | 'DRIFT_FROM_GIT'>[] {
  const read = view.read(questionId.deliveryDiff(app.name))
  return listAt(read?.result, 'differences').flatMap(difference => {
    const [kind, name] = [stringAt(difference, 'kind'), stringAt(difference, 'name')]
    const workload = view.workloads.find(workload => workload.kind === kind && workload.name === name)
    const changes = listAt(difference, 'changes')
    const replicas = changes.find(change => stringAt(change, 'path') === 'spec.replicas')
    const others = changes.filter(change => change !== replicas)
    if (read === undefined || kind === null || name === null) return []
    const evidence = [...new Set([read.evidence, ...(workload === undefined ? [] : [workload.evidence])])]
    return [
      ...(workload === undefined ? [] : findScaling(view, workload, replicas, evidence)),
      ...others.slice(0, 1).map(other => ({
        code: 'DRIFT_FROM_GIT' as const,
        subject: { kind, namespace: view.namespace, name },
        service: workload?.service ?? serviceOf(view, app),
        onset: null,
        message: `${kind} ${name} differs from Git at ${quote(stringAt(other, 'path') ?? '')}`,
        evidence,
      })),
    ]
  })
}

function findScaling(
  view: SnapshotView,
  workload: SnapshotView['workloads'][number],
  change: unknown,
  evidence: string[],
): FindingOf<'SCALED_BELOW_GIT'>[] {
  const [live, desired] = [numberAt(change, 'live'), numberAt(change, 'desired')]
  if (live === null || desired === null || live >= desired || canBeAutoscaled(view, workload.name)) return []
  const scale = view.snapshot.changes.findLast(
    change => change.kind === 'scale' && change.subject.name === workload.name && change.to === String(live),
  )
  return [
    {
      code: 'SCALED_BELOW_GIT',
      subject: subjectOf(workload),
      service: workload.service,
      onset: scale?.at ?? null,
      message: `${workload.name} was manually scaled to ${pluralize(live, 'replica')}, but Git declares ${desired}`,
      evidence: [...new Set([...evidence, ...(scale?.evidence ?? [])])],
    },
  ]
}

/** A manual scaling that was reverted: where nothing differs from Git now, fewer replicas shortly before were below Git. */
function findRevertedScaling(view: SnapshotView, app: App): FindingOf<'SCALED_BELOW_GIT'>[] {
  const read = view.read(questionId.deliveryDiff(app.name))
  if (read === undefined || listAt(read.result, 'differences').length > 0) return []
  return view.workloads
    .filter(workload => view.appOfWorkload(workload.name) === app && !canBeAutoscaled(view, workload.name))
    .flatMap(workload => {
      const scalings = view.snapshot.changes.filter(
        change => change.kind === 'scale' && change.subject.name === workload.name,
      )
      const restored = scalings.at(-1)
      const down = scalings.at(-2)
      const isRestored = Number(down?.to) < Number(down?.from) && Number(restored?.to) === workload.desired
      const at = secondsOf(down?.at)
      if (down === undefined || restored === undefined || !isRestored || at === null) return []
      if (at < view.since - view.recentSeconds) return []
      return [
        {
          code: 'SCALED_BELOW_GIT',
          subject: subjectOf(workload),
          service: workload.service,
          onset: down.at,
          message: `${workload.name} was manually scaled from ${down.from} to ${pluralize(Number(down.to), 'replica')}, below the count in Git, and is back at ${restored.to}`,
          evidence: [...new Set([...down.evidence, read.evidence, workload.evidence])],
        },
      ]
    })
}

/** An autoscaler that could not be read may be what scales the workload. */
function canBeAutoscaled(view: SnapshotView, name: string): boolean {
  if (!view.knowsAll('HorizontalPodAutoscaler')) return true
  return view
    .objectsOf('HorizontalPodAutoscaler')
    .some(({ object }) => stringAt(object, 'spec.scaleTargetRef.name') === name)
}

function serviceOf(view: SnapshotView, app: App): string | null {
  const names = app.resources.map(resource => resource.name)
  return view.workloads.find(workload => names.includes(workload.name))?.service ?? null
}
