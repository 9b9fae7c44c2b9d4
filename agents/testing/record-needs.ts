import type { Kind } from '@goalixa/tools/kubernetes/kinds'
import type { SignalName } from '../signals/signals.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { CALLS, CHANGES, type Needs, PODS, type ReadKind, WORKLOADS } from '../snapshot/needs.ts'
import { parseQuestionId, type QuestionId } from '../snapshot/question-id.ts'

type Seen = Partial<Needs>
const nothing = (): Seen => ({})
const objects = (kind: string): Seen => ({ kinds: [kind as Kind] })

/** What must have been read before a member of a view has content. */
const MEMBERS: { [Name in keyof SnapshotView]: (argument: never) => Seen } = {
  snapshot: nothing,
  evidence: nothing,
  scope: nothing,
  namespace: nothing,
  at: nothing,
  since: nothing,
  toleranceSeconds: nothing,
  patienceSeconds: nothing,
  recentSeconds: nothing,
  service: nothing,
  names: () => ({ kinds: ['Service', 'EndpointSlice', 'Endpoints'] }),
  edges: () => CALLS,
  callees: () => CALLS,
  callers: () => CALLS,
  pods: () => ({ kinds: ['Pod'] }),
  podNamed: () => ({ kinds: ['Pod'] }),
  podsOf: () => PODS,
  livePodsOf: () => PODS,
  workloadOfPod: () => PODS,
  controllerOfPod: () => PODS,
  podsOfController: () => PODS,
  workloads: () => WORKLOADS,
  workloadNamed: () => WORKLOADS,
  workloadByPodName: () => WORKLOADS,
  workloadsOfService: () => WORKLOADS,
  revisionsOf: () => ({ kinds: ['ReplicaSet'] }),
  apps: () => ({ reads: ['delivery-apps'] }),
  ownApps: () => ({ reads: ['delivery-apps'] }),
  appOfWorkload: () => ({ reads: ['delivery-apps'] }),
  unplacedAppOfWorkload: () => ({ reads: ['delivery-apps'] }),
  appOfObject: () => ({ reads: ['delivery-apps'] }),
  endpoints: () => ({ kinds: ['EndpointSlice', 'Endpoints'] }),
  objectsOf: objects,
  objectNamed: objects,
  listingOf: objects,
  knowsAll: objects,
  knowsUnhealthy: objects,
  isCounted: nothing,
  series: (signal: SignalName) => ({ signals: [signal] }),
  // The name of a service in the metrics follows from any signal.
  measuredAs: nothing,
  eventsOn: () => ({ reads: ['events'] }),
  logsOf: () => ({ reads: ['logs'] }),
  read: answer,
  wasRead: answer,
  // A label names a service if any read does.
  knowsService: nothing,
}

/** The same for the members of a bare snapshot. */
const SNAPSHOT_MEMBERS: { [Name in keyof SnapshotView['snapshot']]: Seen } = {
  scope: {},
  at: {},
  objects: {},
  unread: {},
  counted: {},
  reads: {},
  series: {},
  logs: { reads: ['logs'] },
  events: { reads: ['events'] },
  changes: CHANGES,
  edges: CALLS,
}

function answer(question: QuestionId): Seen {
  const parsed = parseQuestionId(question)
  if (parsed === null || parsed.kind === 'model' || parsed.kind === 'objects' || parsed.kind === 'detail')
    return {}
  return parsed.kind === 'series' ? { signals: [parsed.signal] } : { reads: [parsed.kind] }
}

/** Records which members of a view are accessed, and returns what must have been read for them. */
export function recordNeeds(view: SnapshotView) {
  const kinds = new Set<Kind>()
  const signals = new Set<SignalName>()
  const reads = new Set<ReadKind>()
  const note = (seen: Seen) => {
    for (const kind of seen.kinds ?? []) kinds.add(kind)
    for (const signal of seen.signals ?? []) signals.add(signal)
    for (const read of seen.reads ?? []) reads.add(read)
  }
  const snapshot = new Proxy(view.snapshot, {
    get(target, name: keyof SnapshotView['snapshot']) {
      note(SNAPSHOT_MEMBERS[name])
      return target[name]
    },
  })
  const recorded = new Proxy(view, {
    get(target, name: keyof SnapshotView) {
      if (name === 'snapshot') return snapshot
      const member: unknown = target[name]
      const seen = MEMBERS[name] as (argument?: unknown) => Seen
      if (typeof member !== 'function') {
        note(seen())
        return member
      }
      return (...args: unknown[]) => {
        note(seen(args[0]))
        return member(...args)
      }
    },
  })
  return {
    view: recorded,
    seen: (): Needs => ({ kinds: [...kinds], signals: [...signals], reads: [...reads] }),
  }
}
