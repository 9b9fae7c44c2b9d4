import { joinWords } from '@goalixa/chassis/join-words'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { isNodeNamed } from '../../snapshot/objects/node-names.ts'
import { isAboutCluster } from '../../snapshot/scope-reach.ts'
import type { KubernetesObject } from '../../snapshot/snapshot.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { defineAnalyser } from './define-analyser.ts'

/** The kubelet's conditions that are a fault while they are true. https://kubernetes.io/docs/reference/node/node-status/#condition */
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** Faults of nodes that have pods of the namespace, or that the scope is about. Any other node of the cluster does not matter here. */
export const nodes = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['Node'] }),
  findings: {
    NODE_NOT_READY: {
      title: 'A node is NotReady; its pods are affected.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['down', 'slow', 'errors'],
      cause: { plain: 'NODE_NOT_READY' },
      mechanism: null,
      advice: 'Check the node. The workloads on it are not the cause.',
    },
    NODE_UNDER_PRESSURE: {
      title: 'A node is short of memory, disk space or process ids, and evicts pods.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['down', 'slow', 'errors'],
      cause: { plain: 'NODE_UNDER_PRESSURE' },
      mechanism: null,
      advice: 'Free what the node is short of, or move pods that take much of it.',
    },
  },
  run: view => {
    const used = new Set(view.pods.filter(pod => !pod.isCompleted).map(pod => pod.node))
    return view
      .objectsOf('Node')
      .filter(({ object }) => used.has(object.metadata.name) || isInScope(view, object))
      .flatMap(({ evidence, object }) => findFaults(evidence, object))
  },
})

function isInScope(view: SnapshotView, node: KubernetesObject): boolean {
  const { object } = view.scope
  if (object?.kind === 'Node') return isNodeNamed(node, object.name)
  const subject = { kind: 'Node', namespace: null, name: node.metadata.name }
  return isAboutCluster(view.scope) || isNamedByScope(view, subject)
}

function findFaults(
  evidence: string,
  node: KubernetesObject,
): FindingOf<'NODE_NOT_READY' | 'NODE_UNDER_PRESSURE'>[] {
  const { name } = node.metadata
  const conditions = listAt(node, 'status.conditions')
  const ready = conditions.find(condition => stringAt(condition, 'type') === 'Ready')
  const base = { subject: { kind: 'Node', namespace: null, name }, service: null, evidence: [evidence] }
  if (ready !== undefined && stringAt(ready, 'status') !== 'True')
    return [
      {
        code: 'NODE_NOT_READY',
        ...base,
        onset: stringAt(ready, 'lastTransitionTime'),
        message: `node ${name} is NotReady: ${quote(stringAt(ready, 'message') ?? '')}`,
      },
    ]
  const [first, ...others] = conditions.filter(
    condition =>
      PRESSURES.includes(stringAt(condition, 'type') ?? '') && stringAt(condition, 'status') === 'True',
  )
  if (first === undefined) return []
  const names = joinWords([first, ...others].map(pressure => stringAt(pressure, 'type') ?? ''))
  return [
    {
      code: 'NODE_UNDER_PRESSURE',
      ...base,
      onset: stringAt(first, 'lastTransitionTime'),
      message: `node ${name} reports ${names}: ${quote(stringAt(first, 'message') ?? '')}`,
    },
  ]
}
