import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import { createContainer, type PodContainer } from '../containers/create-container.ts'
import type { Runtime } from '../containers/runtime.ts'
import { keepVolumesFresh } from '../volumes/keep-volumes-fresh.ts'
import { materialiseVolumes } from '../volumes/materialise-volumes.ts'
import type { ReadVolume } from '../volumes/read-volume.ts'
import { createStatusWriter } from './create-status-writer.ts'
import { type PodFailure, podStatus } from './pod-status.ts'

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
  const afterMains = new AbortController()
  const life: Life = { graceMs: 0, endsSince: 0, isOver: false, failure: undefined }
  const stopping = { signal: stop.signal, graceMs: () => life.graceMs }
  const build = (isInit: boolean) => (container: Pod['spec']['containers'][number]) =>
    createContainer({ pod, container, isInit, podIp, podDir, runtime, onChange: report })
  const inits = (pod.spec.initContainers ?? []).map(build(true))
  const mains = pod.spec.containers.map(build(false))
  const deadline = startDeadline(pod, startTime, expire)
  const done = run().catch(error =>
    runtime.log.error({ err: error, pod: pod.metadata.name }, 'pod worker failed'),
  )

  async function run() {
    // The constructor's caller shall have the worker before the first status is written.
    await Promise.resolve()
    report()
    if (!(await mountAll())) return
    const freshening = keepVolumesFresh({
      pod,
      podDir,
      read: readVolume,
      periodMs: VOLUME_PERIOD_MS / runtime.backOffScale,
      signal: afterMains.signal,
      log: runtime.log,
    })
    const sidecars: Promise<unknown>[] = []
    try {
      if (await initialise(sidecars)) await Promise.all(mains.map(main => main.run(stopping)))
    } finally {
      // Sidecars outlive the containers that they serve.
      afterMains.abort()
      await Promise.all([...sidecars, freshening])
    }
  }

  // One after the other; false if the containers proper must not run.
  async function initialise(sidecars: Promise<unknown>[]): Promise<boolean> {
    for (const init of inits) {
      if (init.isSidecar) {
        sidecars.push(init.run({ signal: afterMains.signal, graceMs: sidecarGraceMs }))
        while (!init.status.started && !stop.signal.aborted) await pause(STARTED_POLL_MS, stop.signal)
      } else if ((await init.run(stopping)) !== 0) return false
    }
    for (const main of mains)
      if (main.status.state?.waiting?.reason === 'PodInitializing') main.status.state = CREATING
    return !stop.signal.aborted
  }

  function sidecarGraceMs(): number {
    if (!stop.signal.aborted) return (pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000
    return Math.max(SIDECAR_LEAST_MS, life.graceMs - (performance.now() - life.endsSince))
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
        failure: life.failure,
        previous: writer.latest(),
        now: apiTime(),
      }),
    )
  }

  async function expire() {
    const message = 'Pod was active on the node longer than the specified deadline'
    life.failure = { reason: 'DeadlineExceeded', message }
    runtime.record({ pod }, 'Normal', 'DeadlineExceeded', message)
    await end((pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
    report()
  }

  /** Ends all processes within the grace period. A second call may only shorten it by being first. */
  async function end(graceMs: number) {
    life.graceMs = graceMs
    life.endsSince = performance.now()
    stop.abort()
    clearTimeout(deadline)
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

type Life = { graceMs: number; endsSince: number; isOver: boolean; failure?: PodFailure }

// Node's timers hold 24 days; what is longer is no deadline here.
function startDeadline({ spec }: Pod, startTime: string, expire: () => void): NodeJS.Timeout | undefined {
  if (!spec.activeDeadlineSeconds) return undefined
  const leftMs = Date.parse(startTime) + spec.activeDeadlineSeconds * 1_000 - Date.now()
  return leftMs < 2 ** 31 ? setTimeout(expire, Math.max(0, leftMs)) : undefined
}

/** The period in which a kubelet syncs a pod; divided as the back-offs are. */
const VOLUME_PERIOD_MS = 60_000
const STARTED_POLL_MS = 50
const SIDECAR_LEAST_MS = 500
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
