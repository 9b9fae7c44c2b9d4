import { joinWords } from '@goalixa/chassis/join-words'
import { lookBackSeconds } from '../../snapshot/changes/look-back.ts'
import { secondsOf } from '../../snapshot/clock.ts'
import type { Located } from '../../snapshot/index-evidence.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { CHANGES, CONNECTION_FAILURES, mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { fieldAt, listAt, stringAt, stringMapAt } from '../../snapshot/objects/json-path.ts'
import { portsOf } from '../../snapshot/objects/probe.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { FindingOf, Subject } from '../findings/finding-shape.ts'
import { defineAnalyser } from './define-analyser.ts'

const SERVICE_FIELDS = /targetPort|ports?\b|selector|labels|service/i

/** Services whose selector or target port matches no pod. Services without a selector stand for external endpoints and are skipped. */
export const services = defineAnalyser({
  needs: mergeNeeds(PODS, CONNECTION_FAILURES, CHANGES),
  findings: {
    SERVICE_PORT_MISMATCH: {
      title: 'A Service targets a port on which its pods do not listen.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['errors', 'slow', 'down'],
      cause: { plain: 'SERVICE_PORT_MISMATCH' },
      mechanism: SERVICE_FIELDS,
      isStanding: true,
      replay: 'always',
    },
    SERVICE_SELECTOR_MISMATCH: {
      title: 'A Service selects labels that its pods do not have.',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['errors', 'slow', 'down'],
      cause: { plain: 'SERVICE_SELECTOR_MISMATCH' },
      mechanism: SERVICE_FIELDS,
      isStanding: true,
      replay: 'always',
    },
    NO_READY_ENDPOINTS: {
      title: 'A Service has no ready endpoints.',
      layer: 'availability',
      kind: 'symptom',
      basis: 'observation',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
    },
  },
  run: view => view.objectsOf('Service').flatMap(service => findServiceFaults(view, service)),
})

type ServiceCode = 'SERVICE_PORT_MISMATCH' | 'SERVICE_SELECTOR_MISMATCH' | 'NO_READY_ENDPOINTS'

function findServiceFaults(view: SnapshotView, { evidence, object }: Located): FindingOf<ServiceCode>[] {
  const selector = Object.entries(stringMapAt(object, 'spec.selector'))
  const name = object.metadata.name
  if (selector.length === 0 || stringAt(object, 'spec.type') === 'ExternalName') return []
  const pods = view.pods.filter(pod => !pod.isDeleting && !pod.isCompleted)
  const selected = pods.filter(pod => selector.every(([key, value]) => pod.labels[key] === value))
  const subject = { kind: 'Service', namespace: object.metadata.namespace ?? view.namespace, name }
  const base = { subject, service: name, onset: lastChangeInGit(view, name) }

  if (selected.length === 0)
    return !view.knowsAll('Pod') ? [] : findSelectorMismatch(view, { evidence, object }, base, selector)
  const service = selected[0]?.service ?? name
  // Clients of a headless Service connect to the pods' addresses: no port is translated.
  const isHeadless = stringAt(object, 'spec.clusterIP') === 'None'
  const mismatches = (isHeadless ? [] : listAt(object, 'spec.ports')).flatMap(port => {
    const target = fieldAt(port, 'targetPort') ?? fieldAt(port, 'port')
    const text = typeof target === 'string' || typeof target === 'number' ? String(target) : null
    if (text === null) return []
    const declaring = selected.filter(pod => portsOf(pod.object).length > 0)
    const isListening = declaring.some(pod =>
      portsOf(pod.object).some(port => port.number === text || port.name === text),
    )
    if (declaring.length === 0 || isListening) return []
    if (/^\d+$/.test(text) && !isSuspicious(view, name, text, selected)) return []
    const declared = [...new Set(declaring.flatMap(pod => portsOf(pod.object).map(describePort)))]
    return [
      {
        code: 'SERVICE_PORT_MISMATCH' as const,
        ...base,
        service,
        message: `Service ${name} targets port ${text}, but its pods listen on ${joinWords(declared)}`,
        evidence: [...new Set([evidence, ...declaring.map(pod => pod.evidence)])],
      },
    ]
  })
  return [...mismatches, ...findUnreadyEndpoints(view, name, service, selected, base)]
}

function findSelectorMismatch(
  view: SnapshotView,
  { evidence, object }: Located,
  base: { subject: Subject; service: string; onset: string | null },
  selector: [string, string][],
): FindingOf<'SERVICE_SELECTOR_MISMATCH'>[] {
  const nearest = view.names.nearestTo(object)
  const labels = stringMapAt(nearest?.template, 'metadata.labels')
  const mismatched = selector.filter(([key, value]) => labels[key] !== value)
  const pods = view.listingOf('Pod')
  if (nearest === undefined || nearest.desired === 0 || mismatched.length === 0) return []
  const change = findSelectorChange(view, base.subject.name, nearest)
  // A second Service of a workload may select no pods by design, for example read replicas of which there are none.
  if (change === null && isServed(view, labels)) return []
  const [key, value] = mismatched[0] ?? ['', '']
  const actual = labels[key] === undefined ? `have no label ${key}` : `have ${key}=${labels[key]}`
  return [
    {
      code: 'SERVICE_SELECTOR_MISMATCH',
      ...base,
      onset: change?.at ?? base.onset,
      service: nearest.service,
      message: `Service ${base.subject.name} selects ${key}=${value}, but the pods of ${nearest.name} ${actual}`,
      evidence: [
        ...new Set([
          evidence,
          nearest.evidence,
          ...(pods === undefined ? [] : [pods.evidence]),
          ...(change?.evidence ?? []),
        ]),
      ],
    },
  ]
}

/** The latest recent change of the Service's selector, or of the labels that the workload gives its pods. */
function findSelectorChange(
  view: SnapshotView,
  service: string,
  workload: Workload,
): Snapshot['changes'][number] | null {
  const from = view.since - lookBackSeconds(view.scope)
  const app = view.appOfObject('Service', service)
  const found = view.snapshot.changes.findLast(change => {
    if ((secondsOf(change.at) ?? 0) < from) return false
    if (change.kind === 'rollout')
      return (
        change.subject.name === workload.name &&
        change.diff.some(part => part.path.startsWith('metadata.labels'))
      )
    const isOwn = change.kind === 'sync' && app !== undefined && change.subject.name === app.name
    return isOwn && change.diff.some(part => /selector|labels/i.test(`${part.before}${part.after}`))
  })
  return found ?? null
}

function isServed(view: SnapshotView, labels: Record<string, string>): boolean {
  return view.objectsOf('Service').some(({ object }) => {
    const selector = Object.entries(stringMapAt(object, 'spec.selector'))
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
  })
}

function findUnreadyEndpoints(
  view: SnapshotView,
  name: string,
  service: string,
  selected: SnapshotView['pods'],
  base: { subject: Subject; onset: string | null },
): FindingOf<'NO_READY_ENDPOINTS'>[] {
  if (selected.some(pod => pod.isReady !== false)) return []
  // Of a large namespace only failing pods may have been read; the workload knows how many are ready.
  const isServing = (pod: SnapshotView['pods'][number]) => (view.workloadOfPod(pod)?.ready ?? 1) > 0
  if (view.isCounted('Pod') && selected.some(isServing)) return []
  const endpoints = view.endpoints.filter(endpoint => endpoint.service === name)
  const since = selected
    .flatMap(pod => pod.readyChangedAt ?? [])
    .toSorted()
    .at(-1)
  return [
    {
      code: 'NO_READY_ENDPOINTS',
      ...base,
      onset: since ?? null,
      service,
      message:
        selected.length === 1
          ? `Service ${name} has no ready endpoints: its only pod is not ready`
          : `Service ${name} has no ready endpoints: none of its ${selected.length} pods is ready`,
      evidence: [
        ...new Set([...selected.map(pod => pod.evidence), ...endpoints.map(endpoint => endpoint.evidence)]),
      ],
    },
  ]
}

/** An undeclared port may still be open: a number is wrong only if it is new, or if ready pods refuse connections. */
function isSuspicious(
  view: SnapshotView,
  name: string,
  port: string,
  selected: SnapshotView['pods'],
): boolean {
  const app = view.appOfObject('Service', name)
  const from = view.since - lookBackSeconds(view.scope)
  const isNew = view.snapshot.changes.some(
    change =>
      change.kind === 'sync' &&
      change.subject.name === app?.name &&
      (secondsOf(change.at) ?? 0) >= from &&
      change.diff.some(part => new RegExp(`targetPort:\\s*["']?${port}\\b`).test(String(part.after))),
  )
  const isRefused = connectionFailuresOf(view).some(
    failure => failure.how === 'refused' && failure.target?.through === name,
  )
  return isNew || (isRefused && selected.some(pod => pod.isReady === true))
}

/** When the Service was last changed in Git, if that was read: a field of an object carries no time of its own. */
function lastChangeInGit(view: SnapshotView, name: string): string | null {
  const app = view.appOfObject('Service', name)
  const change = view.snapshot.changes.findLast(
    change =>
      change.kind === 'sync' &&
      change.subject.name === app?.name &&
      change.diff.some(
        part => /service/i.test(part.path) || /targetPort|selector/.test(`${part.before}${part.after}`),
      ),
  )
  return change?.at ?? null
}

function describePort(port: { number: string; name: string | null }): string {
  return port.name === null ? port.number : `${port.number} (${port.name})`
}
