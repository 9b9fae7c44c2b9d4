import type { Log } from '@goalixa/chassis/log'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'

/**
 * Makes every pod run and become ready immediately, unless its image is called `never-ready`; deleted pods are removed
 * immediately.
 */
export function simulateKubelet(client: KubernetesClient, log: Log) {
  const pods = watchObjects<Pod>({
    client,
    log,
    path: '/api/v1/pods',
    onChange: (change, pod) => {
      if (change !== 'deleted') void serve(client, pod).catch(() => {})
    },
  })
  return pods
}

async function serve(client: KubernetesClient, pod: Pod): Promise<void> {
  const { namespace, name, deletionTimestamp } = pod.metadata
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  if (deletionTimestamp) {
    await client.request('DELETE', path, { body: { gracePeriodSeconds: 0 } })
    return
  }
  if (pod.status?.phase === 'Running') return
  const isReady = !pod.spec.containers.some(({ image }) => image?.includes('never-ready'))
  const ready = { status: isReady ? 'True' : 'False', lastTransitionTime: new Date().toISOString() }
  const status = {
    phase: 'Running',
    conditions: ['Initialized', 'ContainersReady', 'Ready'].map(type => ({ type, ...ready })),
    containerStatuses: pod.spec.containers.map(({ name: container, image }) => ({
      name: container,
      image,
      imageID: '',
      ready: isReady,
      restartCount: 0,
      state: { running: { startedAt: new Date().toISOString() } },
    })),
  }
  const contentType = 'application/merge-patch+json'
  await client.request('PATCH', `${path}/status`, { contentType, body: { status } })
}
