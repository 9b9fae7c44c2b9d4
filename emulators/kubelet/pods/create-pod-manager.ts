import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import type { Runtime } from '../containers/runtime.ts'
import { createConfigReader } from '../env/create-config-reader.ts'
import { createVolumeReader } from '../volumes/read-volume.ts'
import { createAddressPool } from './create-address-pool.ts'
import { confirmDeletion, createPodWorker, type PodWorker } from './create-pod-worker.ts'

type Options = {
  client: KubernetesClient
  runtime: Runtime
  nodeName: string
  nodeIp: string
  podCidr: string
  dataDir: string
}

/** Runs every pod that is bound to this node, as long as it exists in the API. */
export function createPodManager({ client, runtime, nodeName, nodeIp, podCidr, dataDir }: Options) {
  const podsDir = join(dataDir, 'pods')
  const addresses = createAddressPool(podCidr)
  const workers = new Map<string, PodWorker>()
  const stopping = new Map<string, Promise<void>>()
  const watcher = watchObjects<Pod>({
    client,
    log: runtime.log,
    path: '/api/v1/pods',
    query: { fieldSelector: `spec.nodeName=${nodeName}` },
    onChange: (change, pod) => {
      if (change === 'deleted') return finish(pod, worker => worker.abandon(graceMsOf(pod)))
      if (pod.metadata.deletionTimestamp) return finish(pod, worker => worker.terminate(graceMsOf(pod)))
      if (!workers.has(pod.metadata.uid) && !hasEnded(pod)) startWorker(pod)
    },
  })

  function startWorker(pod: Pod) {
    const podIp = pod.spec.hostNetwork ? nodeIp : addresses.take()
    const read = createConfigReader({ client })
    const readVolume = createVolumeReader({ client, read, pod, addresses: { podIp, hostIp: nodeIp } })
    workers.set(
      pod.metadata.uid,
      createPodWorker({ pod, podIp, hostIp: nodeIp, podsDir, client, runtime, readVolume }),
    )
  }

  function finish(pod: Pod, end: (worker: PodWorker) => Promise<void>) {
    const { uid } = pod.metadata
    const worker = workers.get(uid)
    if (stopping.has(uid)) return
    // Already deleted, and none of its processes run here.
    if (!worker && !pod.metadata.deletionTimestamp) return
    const ending = worker ? end(worker) : confirmDeletion(client, pod, runtime.log)
    stopping.set(
      uid,
      ending
        .catch(error => runtime.log.error({ err: error, pod: pod.metadata.name }, 'pod did not stop cleanly'))
        .finally(() => {
          const { namespace, name } = pod.metadata
          rmSync(join(runtime.logsDir, `${namespace}_${name}_${uid}`), { recursive: true, force: true })
          if (worker) addresses.giveBack(worker.podIp)
          workers.delete(uid)
          stopping.delete(uid)
        }),
    )
  }

  return {
    async start() {
      for (const folder of [podsDir, runtime.logsDir]) {
        rmSync(folder, { recursive: true, force: true })
        mkdirSync(folder, { recursive: true })
      }
      await watcher.start()
    },
    /**
     * Stops the processes of all pods, each within `graceMs`. The pods stay in the API, and the next kubelet runs them
     * again.
     */
    async stop(graceMs: number) {
      watcher.stop()
      await Promise.all(
        [...workers.values()].map(worker => worker.abandon(Math.min(graceMs, graceMsOf(worker.pod)))),
      )
    },
    find: (namespace: string, name: string) =>
      [...workers.values()].find(
        ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name,
      ),
  }
}
export type PodManager = ReturnType<typeof createPodManager>

function graceMsOf({ metadata, spec }: Pod): number {
  return (metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30) * 1_000
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}
