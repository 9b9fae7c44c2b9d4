import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import { createContainer, type PodContainer } from '../containers/create-container.ts'
import type { Runtime } from '../containers/runtime.ts'
import { materialiseVolumes } from '../volumes/materialise-volumes.ts'
import type { ReadVolume } from '../volumes/read-volume.ts'
import { refreshVolumes } from '../volumes/refresh-volumes.ts'
import { buildPodStatus, type PodFailure } from './build-pod-status.ts'
import { createStatusWriter } from './create-status-writer.ts'

type Options = {
  pod: Pod
  podIp: string
  hostIp: string
  podsDir: string
  client: KubernetesClient
  runtime: Runtime
  readVolume: ReadVolume
}

/** Runs one pod on this node, from its first volume to its last process, and keeps its status in the API up to date. */
export function createPodWorker({ pod, podIp, hostIp, podsDir, client, runtime, readVolume }: Options) {
  const podDir = join(podsDir, pod.metadata.uid)
  const writer = createStatusWriter({ client, pod, log: runtime.log })
  const startTime = pod.status?.startTime ?? apiTime()
  const stop = new AbortController()
  const afterMains = new AbortController()
  const termination: Termination = { graceMs: 0, startedAt: 0, isOver: false, failure: undefined }
  const stopping = { signal: stop.signal, graceMs: () => termination.graceMs }
  const build = (isInit: boolean) => (container: Pod['spec']['containers'][number]) =>
    createContainer({ pod, container, isInit, podIp, podDir, runtime, onChange: report })
  const inits = (pod.spec.initContainers ?? []).map(build(true))
  const mains = pod.spec.containers.map(build(false))
  const deadline = startDeadline(pod, startTime, expire)
  const done = run().catch(error =>
    runtime.log.error({ err: error, pod: pod.metadata.name }, 'pod worker failed'),
  )

  async function run() {
    // The caller receives the worker before the first status is written.
    await Promise.resolve()
    report()
    if (!(await mountAll())) return
    const refreshing = refreshVolumes({
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
      await Promise.all([...sidecars, refreshing])
    }
  }

  // One after the other; false if the main containers must not run.
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
    return Math.max(SIDECAR_MIN_MS, termination.graceMs - (performance.now() - termination.startedAt))
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
      buildPodStatus({
        pod,
        podIp,
        hostIp,
        startTime,
        inits: inits.map(statusOf),
        mains: mains.map(statusOf),
        isOver: termination.isOver,
        failure: termination.failure,
        previous: writer.latest(),
        now: apiTime(),
      }),
    )
  }

  async function expire() {
    const message = 'Pod was active on the node longer than the specified deadline'
    termination.failure = { reason: 'DeadlineExceeded', message }
    runtime.record({ pod }, 'Normal', 'DeadlineExceeded', message)
    await end((pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
    report()
  }

  /** Stops all processes within the grace period. A second call has no effect. */
  async function end(graceMs: number) {
    termination.graceMs = graceMs
    termination.startedAt = performance.now()
    stop.abort()
    clearTimeout(deadline)
    await done
    termination.isOver = true
  }

  return {
    pod,
    podIp,
    container: (name: string) => [...inits, ...mains].find(container => container.name === name),
    /** Stops the pod because it was deleted, and confirms the deletion to the API server. */
    async terminate(graceMs: number) {
      await end(graceMs)
      report()
      await writer.flush()
      await confirmDeletion(client, pod, runtime.log)
      await rm(podDir, { recursive: true, force: true })
    },
    /** Stops the processes without writing a status: the kubelet stops, or the pod is no longer in the API. */
    async abandon(graceMs: number) {
      writer.abandon()
      await end(graceMs)
      await rm(podDir, { recursive: true, force: true })
    },
  }
}
export type PodWorker = ReturnType<typeof createPodWorker>

type Termination = { graceMs: number; startedAt: number; isOver: boolean; failure?: PodFailure }

// Node's timers are limited to 24 days; a longer deadline is treated as none.
function startDeadline({ spec }: Pod, startTime: string, expire: () => void): NodeJS.Timeout | undefined {
  if (!spec.activeDeadlineSeconds) return undefined
  const leftMs = Date.parse(startTime) + spec.activeDeadlineSeconds * 1_000 - Date.now()
  return leftMs < 2 ** 31 ? setTimeout(expire, Math.max(0, leftMs)) : undefined
}

/** The interval at which a kubelet syncs a pod; divided like the backoffs. */
const VOLUME_PERIOD_MS = 60_000
const STARTED_POLL_MS = 50
const SIDECAR_MIN_MS = 500
const CREATING = { waiting: { reason: 'ContainerCreating' } }

/** Removes a stopped pod of this node from the API, unless it no longer exists or its name belongs to a new pod. */
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
      log.warn({ pod: metadata.name, reason: String(error) }, 'pod deletion not confirmed')
      await pause(1_000)
    }
  }
}

function statusOf({ status }: PodContainer) {
  return status
}
