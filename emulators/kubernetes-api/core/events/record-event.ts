import type { KubeObject } from '../../meta/kube-object.ts'
import { toTime } from '../../registry/clock.ts'
import type { Cluster } from '../../registry/cluster.ts'
import { StatusError } from '../../registry/status-error.ts'
import { type Event, events } from './kind.ts'

export type RecordEvent = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void

/**
 * Records events as the controllers of Kubernetes do: a repeated event increments the count. Events about
 * cluster-scoped objects go to `default`.
 */
export function createEventRecorder(cluster: Cluster, component: string): RecordEvent {
  const names = new Map<string, string>()
  return (about, type, reason, message) => {
    const namespace = about.metadata.namespace ?? 'default'
    const involvedObject = {
      kind: about.kind,
      namespace: about.metadata.namespace,
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: about.metadata.resourceVersion,
    }
    const time = toTime(cluster.now())
    const key = [involvedObject.uid, type, reason, message].join('\n')
    const known = cluster.find(events, namespace, names.get(key) ?? '')
    try {
      if (known) repeat(cluster, known, time)
      else {
        const name = `${about.metadata.name}.${momentText(cluster.now())}`
        if (names.size >= MAX_NAMES) names.clear()
        names.set(key, name)
        cluster.create(events, {
          metadata: { name, namespace },
          involvedObject,
          reason,
          message,
          type,
          count: 1,
          firstTimestamp: time,
          lastTimestamp: time,
          source: { component },
          reportingComponent: component,
        })
      }
    } catch (error) {
      // A namespace that is being deleted accepts no events.
      if (!(error instanceof StatusError)) throw error
    }
  }
}

function repeat(cluster: Cluster, known: Event, time: string) {
  cluster.mutate(events, known, draft => {
    draft.count = (draft.count ?? 1) + 1
    draft.lastTimestamp = time
  })
}

const MAX_NAMES = 4_096
let lastMoment = 0n

// The time in hexadecimal nanoseconds, as in client-go's event names: sorting by name sorts by time.
function momentText(now: Date): string {
  const moment = BigInt(now.getTime()) * 1_000_000n
  lastMoment = moment > lastMoment ? moment : lastMoment + 1n
  return lastMoment.toString(16)
}
