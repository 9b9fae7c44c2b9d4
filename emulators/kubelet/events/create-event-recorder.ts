import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Event, Pod } from '@goalixa/emulators-shared/kubernetes/objects'

/** The subject of an event: a pod, or one of its containers. */
export type Subject = { pod: Pod; fieldPath?: string }
export type RecordEvent = (
  subject: Subject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void

type Options = { client: KubernetesClient; nodeName: string; log: Log; now?: () => Date }

/**
 * Writes Events in order, in the background. A repeated event increments the count of the first, which kubectl shows as
 * "x5 over 2m". An event that cannot be written is dropped: the pod's status is authoritative.
 */
export function createEventRecorder({ client, nodeName, log, now = () => new Date() }: Options) {
  const known = new Map<string, { name: string; count: number }>()
  let queue = Promise.resolve()

  const record: RecordEvent = ({ pod, fieldPath }, type, reason, message) => {
    const at = apiTime(now())
    queue = queue
      .then(() => write({ pod, fieldPath }, type, reason, message, at))
      .catch(error => log.warn({ reason, pod: pod.metadata.name, error: String(error) }, 'event not written'))
  }

  async function write(
    { pod, fieldPath }: Subject,
    type: string,
    reason: string,
    message: string,
    at: string,
  ) {
    const { name, namespace, uid, resourceVersion } = pod.metadata
    const path = `/api/v1/namespaces/${namespace}/events`
    const key = [uid, fieldPath, type, reason, message].join('\n')
    const earlier = known.get(key)
    if (earlier && (await repeat(`${path}/${earlier.name}`, earlier.count + 1, at))) {
      earlier.count++
      return
    }
    const eventName = `${name}.${(BigInt(Date.now()) * 1_000_000n + BigInt(process.hrtime()[1] % 1_000_000)).toString(16)}`
    await client.request('POST', path, {
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: eventName, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion, fieldPath },
        type,
        reason,
        message,
        count: 1,
        firstTimestamp: at,
        lastTimestamp: at,
        source: { component: 'kubelet', host: nodeName },
        reportingComponent: 'kubelet',
        reportingInstance: nodeName,
      } satisfies Partial<Omit<Event, 'metadata'>> & { metadata: { name: string; namespace: string } },
    })
    if (known.size >= 4_096) known.clear()
    known.set(key, { name: eventName, count: 1 })
  }

  // False if the event has expired in the meantime.
  async function repeat(path: string, count: number, lastTimestamp: string): Promise<boolean> {
    try {
      const contentType = 'application/merge-patch+json'
      await client.request('PATCH', path, { contentType, body: { count, lastTimestamp } })
      return true
    } catch (error) {
      if (error instanceof ExpectedError && error.kind === 'missing') return false
      throw error
    }
  }

  return { record, flush: () => queue }
}
