import type { EvidenceIndex } from './index-evidence.ts'
import { listAt, stringAt, stringMapAt } from './objects/json-path.ts'
import type { Workload } from './objects/workload.ts'
import type { Snapshot } from './snapshot.ts'
import { parseHost } from './text/parse-host.ts'

type Edge = Snapshot['edges'][number]

/**
 * Who calls whom: by client metrics, dependency checks, settings that name a host, Ingress rules and selectors. The same call
 * is listed once for each read that shows it, so that each of them can be cited.
 */
export function buildCallGraph(index: EvidenceIndex): Edge[] {
  const all = [...measuredCalls(index), ...configuredCalls(index), ...routes(index), ...selections(index)]
  const key = (edge: Edge) => `${edge.from} ${edge.to} ${edge.via} ${edge.evidence}`
  return [...new Map(all.map(edge => [key(edge), edge])).values()]
}

function measuredCalls(index: EvidenceIndex): Edge[] {
  return (['dependency-up', 'upstream-rate'] as const).flatMap(name =>
    index.series(name).flatMap(({ labels, evidence }) => {
      const from = labels.service
      const to = name === 'dependency-up' ? labels.dependency : labels.upstream
      return from !== undefined && to !== undefined ? [{ evidence, from, to, via: 'metrics' }] : []
    }),
  )
}

function configuredCalls(index: EvidenceIndex): Edge[] {
  return index.workloads.flatMap(workload =>
    settingsOf(index, workload).flatMap(({ value, evidence }) => {
      const host = parseHost(value)
      const to = host === null ? undefined : index.names.ofHost(host)?.service
      const isCall = to !== undefined && to !== workload.service
      return isCall ? [{ evidence, from: workload.service, to, via: 'config' }] : []
    }),
  )
}

function settingsOf(index: EvidenceIndex, workload: Workload): { value: string; evidence: string }[] {
  return listAt(workload.template, 'spec.containers').flatMap(container => {
    const direct = listAt(container, 'env').flatMap(variable => stringAt(variable, 'value') ?? [])
    const maps = listAt(container, 'envFrom').flatMap(source => stringAt(source, 'configMapRef.name') ?? [])
    const referred = index
      .objectsOf('ConfigMap')
      .filter(configMap => maps.includes(configMap.object.metadata.name))
      .flatMap(configMap =>
        Object.values(stringMapAt(configMap.object, 'data')).map(value => ({
          value,
          evidence: configMap.evidence,
        })),
      )
    return [...direct.map(value => ({ value, evidence: workload.evidence })), ...referred]
  })
}

function routes(index: EvidenceIndex): Edge[] {
  return index.objectsOf('Ingress').flatMap(({ evidence, object }) =>
    listAt(object, 'spec.rules').flatMap(rule =>
      listAt(rule, 'http.paths').flatMap(path => {
        const name = stringAt(path, 'backend.service.name')
        if (name === null) return []
        const to = index.names.ofLabel(name)
        return [{ evidence, from: `Ingress/${object.metadata.name}`, to, via: 'selector' }]
      }),
    ),
  )
}

function selections(index: EvidenceIndex): Edge[] {
  return index.objectsOf('Service').flatMap(({ evidence, object }) => {
    const selector = Object.entries(stringMapAt(object, 'spec.selector'))
    if (selector.length === 0) return []
    return index.workloads.flatMap(({ kind, template, service }) => {
      const labels = stringMapAt(template, 'metadata.labels')
      const isSelected = kind === 'Deployment' && selector.every(([key, value]) => labels[key] === value)
      return isSelected
        ? [{ evidence, from: `Service/${object.metadata.name}`, to: service, via: 'selector' }]
        : []
    })
  })
}
