import {
  type Context,
  keyOf,
  on,
  parseKey,
  type Running,
  runController,
} from '../../controllers/controller.ts'
import { claim, ownerKeys } from '../../controllers/owners.ts'
import { type Node, nodes } from '../../core/nodes/kind.ts'
import { isSelected, tolerates } from '../../core/nodes/node-fit.ts'
import { createPod } from '../../core/pods/create-pod.ts'
import { pods } from '../../core/pods/kind.ts'
import type { Pod } from '../../core/pods/pod.ts'
import { isPodActive, isPodReady } from '../../core/pods/readiness.ts'
import type { ResourceKind } from '../../meta/resource-kind.ts'
import { currentRevision, REVISION_LABEL as REVISION } from '../controller-revisions/current-revision.ts'
import { type DaemonSet, daemonSets } from './kind.ts'

const TOLERATED = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
].map(name => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: name === 'not-ready' || name === 'unreachable' ? 'NoExecute' : 'NoSchedule',
}))

/** Runs one pod of a daemon set on every suitable node. */
export function runDaemonSetController(context: Context): Running {
  const { cluster } = context
  const all = () => cluster.list(daemonSets).map(keyOf)
  return runController({
    name: 'daemonset',
    context,
    interests: [
      on(daemonSets, set => [keyOf(set)]),
      on(pods, pod => ownerKeys(daemonSets as ResourceKind, pod)),
      on(nodes, (node, { type, previous }) =>
        type === 'MODIFIED' && JSON.stringify(previous?.spec) === JSON.stringify(node.spec) ? [] : all(),
      ),
    ],
    reconcile: key => reconcile(context, key),
  })
}

function reconcile(context: Context, key: string) {
  const { cluster, recordEvent } = context
  const { namespace, name } = parseKey(key)
  const set = cluster.find(daemonSets, namespace, name)
  if (!set || set.metadata.deletionTimestamp) return
  const mine = () =>
    claim(cluster, pods, { kind: daemonSets as ResourceKind, object: set, selector: set.spec.selector })
  const present = mine()
  const { metadata } = currentRevision(cluster, daemonSets as ResourceKind, set, candidate =>
    present.some(pod => pod.metadata.labels?.[REVISION] === candidate.metadata.labels?.[REVISION]),
  )
  const hash = metadata.labels?.[REVISION] ?? ''
  const suitable = cluster.list(nodes).filter(node => isSuitable(set, node))
  const active = present.filter(isPodActive)
  for (const node of suitable) {
    if (active.some(pod => nodeOf(pod) === node.metadata.name)) continue
    const pod = addPod(context, set, node, hash)
    recordEvent(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  }
  const names = new Set(suitable.map(node => node.metadata.name))
  const surplus = active.filter(pod => !names.has(nodeOf(pod) ?? ''))
  for (const pod of [...surplus, ...outdated(set, active, hash)]) {
    cluster.remove(pods, namespace, pod.metadata.name)
    recordEvent(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }
  writeStatus(context, set, mine().filter(isPodActive), suitable.length, hash)
}

// Replaced one at a time, the next only when all others are ready; an unready pod may be replaced at once.
function outdated(set: DaemonSet, active: Pod[], hash: string): Pod[] {
  if (set.spec.updateStrategy.type !== 'RollingUpdate') return []
  const old = active.filter(pod => pod.metadata.labels?.[REVISION] !== hash)
  const unready = old.filter(pod => !isPodReady(pod))
  if (unready.length > 0) return unready
  return active.every(isPodReady) ? old.slice(0, 1) : []
}

function isSuitable({ spec }: DaemonSet, node: Node): boolean {
  const pod = {
    spec: { ...spec.template.spec, tolerations: [...(spec.template.spec.tolerations ?? []), ...TOLERATED] },
  } as Pod
  const taints = (node.spec.taints ?? []).filter(
    taint => taint.effect !== 'PreferNoSchedule' && !taint.key.startsWith('node.kubernetes.io/'),
  )
  return isSelected(pod, node) && taints.every(taint => tolerates(pod, taint))
}

function addPod({ cluster }: Context, set: DaemonSet, node: Node, hash: string): Pod {
  return createPod(cluster, {
    owner: set,
    ownerKind: daemonSets as ResourceKind,
    template: set.spec.template,
    change(pod) {
      pod.metadata.labels = { ...pod.metadata.labels, [REVISION]: hash }
      pod.spec.tolerations = [...(pod.spec.tolerations ?? []), ...TOLERATED]
      const requirement = { key: 'metadata.name', operator: 'In', values: [node.metadata.name] }
      pod.spec.affinity = {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [requirement] }],
          },
        },
      }
    },
  })
}

/** Returns the node that a pod runs on or is bound for. */
function nodeOf({ spec }: Pod): string | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return spec.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0]
}

function writeStatus({ cluster }: Context, set: DaemonSet, active: Pod[], desired: number, hash: string) {
  const stored = cluster.find(daemonSets, set.metadata.namespace, set.metadata.name)
  if (!stored) return
  const ready = active.filter(isPodReady).length
  cluster.mutate(
    daemonSets,
    stored,
    draft => {
      draft.status = {
        ...draft.status,
        observedGeneration: set.metadata.generation,
        desiredNumberScheduled: desired,
        currentNumberScheduled: active.length,
        numberMisscheduled: 0,
        numberReady: ready,
        numberAvailable: ready,
        numberUnavailable: Math.max(0, desired - ready),
        updatedNumberScheduled: active.filter(pod => pod.metadata.labels?.[REVISION] === hash).length,
      }
    },
    { subresource: 'status' },
  )
}
