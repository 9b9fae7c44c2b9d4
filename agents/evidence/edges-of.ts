import type { Snapshot } from '../incident/snapshot.ts'
import { listAt, textAt, textsAt } from '../incident/view/fields.ts'
import { hostOf } from '../incident/view/host-of.ts'
import { serviceLabelOf } from '../incident/view/pod.ts'
import { type Workload, workloadOf } from '../incident/view/workload.ts'

type Edge = Snapshot['edges'][number]

/** Who calls whom: by client metrics, dependency checks, settings that name a host, Ingress rules and selectors. */
export function edgesOf(snapshot: Snapshot): Edge[] {
  const workloads = snapshot.objects
    .filter(one => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(one.object.kind))
    .map(one => workloadOf(one.evidence, one.object))
  const all = [
    ...measured(snapshot),
    ...configured(snapshot, workloads),
    ...routed(snapshot),
    ...selected(snapshot),
  ]
  const key = (edge: Edge) => `${edge.from} ${edge.to} ${edge.via}`
  return [...new Map(all.map(edge => [key(edge), edge])).values()]
}

function measured(snapshot: Snapshot): Edge[] {
  return snapshot.series.flatMap(({ name, labels, evidence }) => {
    const from = labels.service
    const to = name === 'dependency-up' ? labels.dependency : labels.upstream
    const isCall = name === 'dependency-up' || name === 'upstream-rate'
    return isCall && from !== undefined && to !== undefined ? [{ evidence, from, to, via: 'metrics' }] : []
  })
}

function configured(snapshot: Snapshot, workloads: Workload[]): Edge[] {
  const services = new Set(
    snapshot.objects.filter(one => one.object.kind === 'Service').map(one => one.object.metadata.name),
  )
  return workloads.flatMap(workload =>
    settingsOf(snapshot, workload).flatMap(({ value, evidence }) => {
      const host = hostOf(value)?.split('.')[0]
      const isCall = host !== undefined && services.has(host) && host !== workload.service
      return isCall ? [{ evidence, from: workload.service, to: host, via: 'config' }] : []
    }),
  )
}

function settingsOf(snapshot: Snapshot, workload: Workload): { value: string; evidence: string }[] {
  return listAt(workload.template, 'spec.containers').flatMap(container => {
    const direct = listAt(container, 'env').flatMap(one => textAt(one, 'value') ?? [])
    const maps = listAt(container, 'envFrom').flatMap(one => textAt(one, 'configMapRef.name') ?? [])
    const referred = snapshot.objects
      .filter(one => one.object.kind === 'ConfigMap' && maps.includes(one.object.metadata.name))
      .flatMap(one =>
        Object.values(textsAt(one.object, 'data')).map(value => ({ value, evidence: one.evidence })),
      )
    return [...direct.map(value => ({ value, evidence: workload.evidence })), ...referred]
  })
}

function routed(snapshot: Snapshot): Edge[] {
  return snapshot.objects
    .filter(one => one.object.kind === 'Ingress')
    .flatMap(({ evidence, object }) =>
      listAt(object, 'spec.rules').flatMap(rule =>
        listAt(rule, 'http.paths').flatMap(path => {
          const to = textAt(path, 'backend.service.name')
          return to === null
            ? []
            : [{ evidence, from: `Ingress/${object.metadata.name}`, to, via: 'selector' }]
        }),
      ),
    )
}

function selected(snapshot: Snapshot): Edge[] {
  const workloads = snapshot.objects.filter(one => one.object.kind === 'Deployment')
  return snapshot.objects
    .filter(one => one.object.kind === 'Service')
    .flatMap(({ evidence, object }) => {
      const selector = Object.entries(textsAt(object, 'spec.selector'))
      if (selector.length === 0) return []
      return workloads.flatMap(workload => {
        const labels = textsAt(workload.object, 'spec.template.metadata.labels')
        const isSelected = selector.every(([key, value]) => labels[key] === value)
        const to = serviceLabelOf(labels) ?? workload.object.metadata.name
        return isSelected ? [{ evidence, from: `Service/${object.metadata.name}`, to, via: 'selector' }] : []
      })
    })
}
