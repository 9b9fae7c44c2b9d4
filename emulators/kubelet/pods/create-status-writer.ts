import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Pod, PodStatus } from '@goalixa/emulators-shared/kubernetes/objects'

/**
 * Writes the status of one pod: the latest wins, one write at a time, none without a change, with retries while the API
 * server is unreachable. A pod that no longer exists (or has another uid) is not written.
 */
export function createStatusWriter({ client, pod, log }: { client: KubernetesClient; pod: Pod; log: Log }) {
  const { namespace, name, uid } = pod.metadata
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`
  let written: PodStatus | undefined
  let wanted: PodStatus | undefined
  let isGone = false
  let writing: Promise<void> | undefined

  async function writeAll() {
    while (wanted && !isGone && !isDeepStrictEqual(wanted, written)) {
      const status = wanted
      try {
        const contentType = 'application/merge-patch+json'
        await client.request('PATCH', path, { contentType, body: { metadata: { uid }, status } })
        written = status
      } catch (error) {
        isGone = error instanceof ExpectedError && (error.kind === 'missing' || error.kind === 'conflict')
        if (isGone) return
        log.warn({ pod: name, namespace, reason: String(error) }, 'pod status not written')
        await sleep(1_000)
      }
    }
  }

  return {
    write(status: PodStatus) {
      wanted = status
      writing ??= writeAll().finally(() => {
        writing = undefined
      })
    },
    latest: () => wanted,
    /** Resolves once the wanted status is written, or can no longer be written. */
    async flush() {
      await writing
    },
    abandon() {
      isGone = true
    },
  }
}
