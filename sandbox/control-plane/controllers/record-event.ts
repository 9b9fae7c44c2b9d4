import { createHash } from 'node:crypto'
import { toTime } from '../registry/clock.ts'
import type { Cluster } from '../registry/cluster.ts'
import { StatusError } from '../registry/status-error.ts'
import { type Event, events } from '../resources/events.ts'
import type { KubeObject } from '../resources/kube-object.ts'

export type RecordEvent = (
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void

/**
 * Writes events as the controllers of Kubernetes do: the same event again raises its count. Events about objects
 * without a namespace go to `default`.
 */
export function createEventRecorder(cluster: Cluster, component: string): RecordEvent {
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
    const name = `${about.metadata.name}.${digest([involvedObject.uid, component, type, reason, message])}`
    const known = cluster.find(events, namespace, name)
    try {
      if (known) repeat(cluster, known, time)
      else
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
    } catch (error) {
      // A namespace that is going away takes no events; nobody would read them.
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

function digest(parts: (string | undefined)[]): string {
  return createHash('sha1').update(parts.join('\n')).digest('hex').slice(0, 16)
}
