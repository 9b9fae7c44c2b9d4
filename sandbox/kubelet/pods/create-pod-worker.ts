import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { apiTime } from '../../kubernetes-client/api-time.ts'
import type { KubernetesClient } from '../../kubernetes-client/create-kubernetes-client.ts'
import type { Pod } from '../../kubernetes-client/objects.ts'
import { pause } from '../../kubernetes-client/pause.ts'
import { createContainer, type PodContainer } from '../containers/create-container.ts'
import type { Runtime } from '../containers/runtime.ts'
import { materialiseVolumes } from '../volumes/materialise-volumes.ts'
import type { ReadVolume } from '../volumes/read-volume.ts'
import { createStatusWriter } from './create-status-writer.ts'
import { podStatus } from './pod-status.ts'

type Options = {
  pod: Pod
  podIp: string
  hostIp: string
  podsDir: string
  client: KubernetesClient
  runtime: Runtime
  readVolume: ReadVolume
}

/** One pod on this node from its first volume to its last process; keeps its status in the API up to date. */
export function createPodWorker({ pod, podIp, hostIp, podsDir, client, runtime, readVolume }: Options) {
  const podDir = join(podsDir, pod.metadata.uid)
  const writer = createStatusWriter({ client, pod, log: runtime.log })
  const startTime = pod.status?.startTime ?? apiTime()
  const stop = new AbortController()
  const life = { graceMs: 0, isOver: false }
  const stopping = { signal: stop.signal, graceMs: () => life.graceMs }
  const build = (isInit: boolean) => (container: Pod['spec']['containers'][number]) =>
    createContainer({ pod, container, isInit, podIp, podDir, runtime, onChange: report })
  const inits = (pod.spec.initContainers ?? []).map(build(true))
  const mains = pod.spec.containers.map(build(false))
  const done = run().catch(error =>
    runtime.log.error({ err: error, pod: pod.metadata.name }, 'pod worker failed'),
  )

  async function run() {
    // The constructor's caller shall have the worker before the first status is written.
    await Promise.resolve()
    report()
    if (!(await mountAll())) return
    for (const init of inits) {
      const exitCode = await init.run(stopping)
      if (exitCode !== 0) return
    }
    for (const main of mains)
      if (main.status.state?.waiting?.reason === 'PodInitializing') main.status.state = CREATING
    await Promise.all(mains.map(main => main.run(stopping)))
  }

  async function mountAll(): Promise<boolean> {
    for (let delayMs = 500; !stop.signal.aborted; delayMs = Math.min(delayMs * 2, 122_000)) {
      try {
        await materialiseVolumes({ pod, podDir, read: readVolume })
        return true
      } catch (error) {
        if (!(error instanceof ExpectedError)) throw error
        runtime.record({ pod }, 'Warning', 'FailedMount', error.message)
      }
      await pause(delayMs / runtime.backOffScale, stop.signal)
    }
    return false
  }

  function report() {
    writer.write(
      podStatus({
        pod,
        podIp,
        hostIp,
        startTime,
        inits: inits.map(statusOf),
        mains: mains.map(statusOf),
        isOver: life.isOver,
        previous: writer.latest(),
        now: apiTime(),
      }),
    )
  }

  /** Ends all processes within the grace period. A second call may only shorten it by being first. */
  async function end(graceMs: number) {
    life.graceMs = graceMs
    stop.abort()
    await done
    life.isOver = true
  }

  return {
    pod,
    podIp,
    container: (name: string) => [...inits, ...mains].find(container => container.name === name),
    /** Ends the pod because it was deleted, and tells the API server that it is gone for good. */
    async terminate(graceMs: number) {
      await end(graceMs)
      report()
      await writer.flush()
      await confirmDeletion(client, pod, runtime.log)
      await rm(podDir, { recursive: true, force: true })
    },
    /** Ends the processes and says nothing: the kubelet stops, or the pod has already left the API. */
    async abandon(graceMs: number) {
      writer.abandon()
      await end(graceMs)
      await rm(podDir, { recursive: true, force: true })
    },
  }
}
export type PodWorker = ReturnType<typeof createPodWorker>

const CREATING = { waiting: { reason: 'ContainerCreating' } }

/** Removes a pod that has ended on this node from the API; does nothing if it is gone or another has taken its name. */
export async function confirmDeletion(
  client: KubernetesClient,
  { metadata }: Pod,
  log: Runtime['log'],
): Promise<void> {
  for (;;) {
    try {
      await client.request('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: 0,
          preconditions: { uid: metadata.uid },
        },
      })
      return
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.kind !== 'unavailable') return
      log.warn({ pod: metadata.name, reason: String(error) }, 'pod deletion was not confirmed')
      await pause(1_000)
    }
  }
}

function statusOf({ status }: PodContainer) {
  return status
}
