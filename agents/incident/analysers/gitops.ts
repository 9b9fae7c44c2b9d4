import { pluralize } from '@goalixa/chassis/pluralize'
import type { Finding } from '../verdict.ts'
import type { App } from '../view/app.ts'
import { secondsOf } from '../view/clock.ts'
import { listAt, numberAt, textAt } from '../view/fields.ts'
import { quote } from '../view/quote.ts'
import type { View } from '../view/view.ts'
import { type Analyser, subjectOf } from './analyser.ts'

/** Where the cluster is not what Git says: scaled or edited by hand, or a sync that failed. */
export const gitops: Analyser = view =>
  view.apps.flatMap(app => [...failedSync(view, app), ...drift(view, app), ...healed(view, app)])

function failedSync(view: View, app: App): Finding[] {
  const { operation } = app
  if (operation === null || !['Failed', 'Error'].includes(operation.phase)) return []
  // A failure to apply something that nobody wants any more is history.
  if (operation.revision !== null && app.revision !== null && operation.revision !== app.revision) return []
  return [
    {
      code: 'SYNC_FAILED',
      subject: { kind: 'Application', namespace: view.namespace, name: app.name },
      service: serviceOf(view, app),
      onset: operation.startedAt,
      says: `the last sync of ${app.name} failed: ${quote(operation.message)}`,
      evidence: [app.evidence],
    },
  ]
}

function drift(view: View, app: App): Finding[] {
  const read = view.read(`argocd/diff/${app.name}`)
  return listAt(read?.result, 'differences').flatMap(difference => {
    const [kind, name] = [textAt(difference, 'kind'), textAt(difference, 'name')]
    const workload = view.workloads.find(one => one.kind === kind && one.name === name)
    const changes = listAt(difference, 'changes')
    const replicas = changes.find(one => textAt(one, 'path') === 'spec.replicas')
    const others = changes.filter(one => one !== replicas)
    if (read === undefined || kind === null || name === null) return []
    const evidence = [...new Set([read.evidence, ...(workload === undefined ? [] : [workload.evidence])])]
    return [
      ...(workload === undefined ? [] : scaled(view, workload, replicas, evidence)),
      ...others.slice(0, 1).map(one => ({
        code: 'DRIFT_FROM_GIT',
        subject: { kind, namespace: view.namespace, name },
        service: workload?.service ?? serviceOf(view, app),
        onset: null,
        says: `${kind} ${name} differs from Git at ${quote(textAt(one, 'path') ?? '')}`,
        evidence,
      })),
    ]
  })
}

function scaled(
  view: View,
  workload: View['workloads'][number],
  change: unknown,
  evidence: string[],
): Finding[] {
  const [live, desired] = [numberAt(change, 'live'), numberAt(change, 'desired')]
  if (live === null || desired === null || live >= desired || mayBeAutoscaled(view, workload.name)) return []
  const scale = view.snapshot.changes.findLast(
    one => one.kind === 'scale' && one.subject.name === workload.name && one.to === String(live),
  )
  return [
    {
      code: 'SCALED_BELOW_GIT',
      subject: subjectOf(workload),
      service: workload.service,
      onset: scale?.at ?? null,
      says: `${workload.name} is set to ${pluralize(live, 'replica')} by hand, Git says ${desired}`,
      evidence: [...new Set([...evidence, ...(scale?.evidence ?? [])])],
    },
  ]
}

/** A scaling by hand that is over: where nothing differs from Git now, fewer replicas shortly before were below Git. */
function healed(view: View, app: App): Finding[] {
  const read = view.read(`argocd/diff/${app.name}`)
  if (read === undefined || listAt(read.result, 'differences').length > 0) return []
  return view.workloads
    .filter(workload => view.appOfWorkload(workload.name) === app && !mayBeAutoscaled(view, workload.name))
    .flatMap(workload => {
      const scalings = view.snapshot.changes.filter(
        one => one.kind === 'scale' && one.subject.name === workload.name,
      )
      const back = scalings.at(-1)
      const down = scalings.at(-2)
      const isBelow = Number(down?.to) < Number(down?.from) && Number(back?.to) === workload.desired
      const at = secondsOf(down?.at)
      if (down === undefined || back === undefined || !isBelow || at === null) return []
      if (at < view.since - view.recentSeconds) return []
      return [
        {
          code: 'SCALED_BELOW_GIT',
          subject: subjectOf(workload),
          service: workload.service,
          onset: down.at,
          says: `${workload.name} was set from ${down.from} to ${pluralize(Number(down.to), 'replica')} by hand, below what Git says, and is back at ${back.to}`,
          evidence: [...new Set([...down.evidence, read.evidence, workload.evidence])],
        },
      ]
    })
}

/** Autoscalers that could not all be read may be the ones that scale. */
function mayBeAutoscaled(view: View, name: string): boolean {
  if (!view.knowsAll('HorizontalPodAutoscaler')) return true
  return view
    .objectsOf('HorizontalPodAutoscaler')
    .some(one => textAt(one.object, 'spec.scaleTargetRef.name') === name)
}

function serviceOf(view: View, app: App): string | null {
  const names = app.resources.map(one => one.name)
  return view.workloads.find(one => names.includes(one.name))?.service ?? null
}
