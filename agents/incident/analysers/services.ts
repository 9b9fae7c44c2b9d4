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

/** Services whose selector or target port leads nowhere. Selectorless Services stand for things outside and are skipped. */
export const services = defineAnalyser({
  needs: mergeNeeds(PODS, CONNECTION_FAILURES, CHANGES),
  findings: {
    SERVICE_PORT_MISMATCH: {
      title: 'A Service sends to a port on which its pods do not listen.',
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
      title: 'No pod behind a Service is ready.',
      layer: 'availability',
      kind: 'symptom',
      basis: 'observation',
      effects: ['errors', 'slow', 'down'],
      cause: null,
      mechanism: null,
    },
  },
  run: view => view.objectsOf('Service').flatMap(service => serviceFault(view, service)),
})

type ServiceCode = 'SERVICE_PORT_MISMATCH' | 'SERVICE_SELECTOR_MISMATCH' | 'NO_READY_ENDPOINTS'

function serviceFault(view: SnapshotView, { evidence, object }: Located): FindingOf<ServiceCode>[] {
  const selector = Object.entries(stringMapAt(object, 'spec.selector'))
  const name = object.metadata.name
  if (selector.length === 0 || stringAt(object, 'spec.type') === 'ExternalName') return []
  const pods = view.pods.filter(pod => !pod.isDeleting && !pod.isCompleted)
  const selected = pods.filter(pod => selector.every(([key, value]) => pod.labels[key] === value))
  const subject = { kind: 'Service', namespace: object.metadata.namespace ?? view.namespace, name }
  const change = gitChange(view, name)
  const base = { subject, service: name, onset: change }

  if (selected.length === 0)
    return !view.knowsAll('Pod') ? [] : noPods(view, { evidence, object }, base, selector)
  const service = selected[0]?.service ?? name
  // What asks a headless Service is told the pods' addresses; no port is translated.
  const isHeadless = stringAt(object, 'spec.clusterIP') === 'None'
  const wrong = (isHeadless ? [] : listAt(object, 'spec.ports')).flatMap(port => {
    const target = fieldAt(port, 'targetPort') ?? fieldAt(port, 'port')
    const text = typeof target === 'string' || typeof target === 'number' ? String(target) : null
    if (text === null) return []
    const declaring = selected.filter(pod => portsOf(pod.object).length > 0)
    const hit = declaring.filter(pod =>
      portsOf(pod.object).some(port => port.number === text || port.name === text),
    )
    if (declaring.length === 0 || hit.length > 0) return []
    if (/^\d+$/.test(text) && !isSuspicious(view, name, text, selected)) return []
    const known = [...new Set(declaring.flatMap(pod => portsOf(pod.object).map(label)))].join(', ')
    return [
      {
        code: 'SERVICE_PORT_MISMATCH' as const,
        ...base,
        service,
        message: `Service ${name} sends to port ${text}, but its pods listen on ${known}`,
        evidence: [...new Set([evidence, ...declaring.map(pod => pod.evidence)])],
      },
    ]
  })
  return [...wrong, ...noneReady(view, name, service, selected, base)]
}

function noPods(
  view: SnapshotView,
  { evidence, object }: Located,
  base: { subject: Subject; service: string; onset: string | null },
  selector: [string, string][],
): FindingOf<'SERVICE_SELECTOR_MISMATCH'>[] {
  const near = view.names.nearestTo(object)
  const labels = stringMapAt(near?.template, 'metadata.labels')
  const missed = selector.filter(([key, value]) => labels[key] !== value)
  const pods = view.listingOf('Pod')
  if (near === undefined || near.desired === 0 || missed.length === 0) return []
  const rewired = rewiring(view, base.subject.name, near)
  // A second Service of a workload may have no pods by design, for example for replicas of which there are none.
  if (rewired === null && isServed(view, labels)) return []
  const [key, value] = missed[0] ?? ['', '']
  return [
    {
      code: 'SERVICE_SELECTOR_MISMATCH',
      ...base,
      onset: rewired?.at ?? base.onset,
      service: near.service,
      message: `Service ${base.subject.name} selects ${key}=${value}, but the pods of ${near.name} have ${key}=${labels[key] ?? '(no such label)'}`,
      evidence: [
        ...new Set([
          evidence,
          near.evidence,
          ...(pods === undefined ? [] : [pods.evidence]),
          ...(rewired?.evidence ?? []),
        ]),
      ],
    },
  ]
}

/** The latest recent change of what the Service selects, or of the labels that the workload gives its pods. */
function rewiring(view: SnapshotView, service: string, near: Workload): Snapshot['changes'][number] | null {
  const from = view.since - lookBackSeconds(view.scope)
  const app = view.appOfObject('Service', service)
  const found = view.snapshot.changes.findLast(change => {
    if ((secondsOf(change.at) ?? 0) < from) return false
    if (change.kind === 'rollout')
      return (
        change.subject.name === near.name && change.diff.some(one => one.path.startsWith('metadata.labels'))
      )
    const isOwn = change.kind === 'sync' && app !== undefined && change.subject.name === app.name
    return isOwn && change.diff.some(one => /selector|labels/i.test(`${one.before}${one.after}`))
  })
  return found ?? null
}

function isServed(view: SnapshotView, labels: Record<string, string>): boolean {
  return view.objectsOf('Service').some(({ object }) => {
    const selector = Object.entries(stringMapAt(object, 'spec.selector'))
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
  })
}

function noneReady(
  view: SnapshotView,
  name: string,
  service: string,
  selected: SnapshotView['pods'],
  base: { subject: Subject; onset: string | null },
): FindingOf<'NO_READY_ENDPOINTS'>[] {
  if (selected.some(pod => pod.isReady !== false)) return []
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
          ? `the only pod behind Service ${name} is not ready`
          : `none of the ${selected.length} pods behind Service ${name} is ready`,
      evidence: [
        ...new Set([...selected.map(pod => pod.evidence), ...endpoints.map(endpoint => endpoint.evidence)]),
      ],
    },
  ]
}

/** A port need not be declared to be open: a number is wrong only if it is new, or if calls are refused by pods that are well. */
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

/** When the Service was last changed through Git, if that was read: a wrong field has no time of its own. */
function gitChange(view: SnapshotView, name: string): string | null {
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

function label(port: { number: string; name: string | null }): string {
  return port.name === null ? port.number : `${port.number} (${port.name})`
}
