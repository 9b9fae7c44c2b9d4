import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Container, ContainerStatus, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { pause } from '@goalixa/emulators-shared/process/pause'
import { type ContainerLog, createContainerLog } from '../logs/create-container-log.ts'
import { mountVolumes } from '../volumes/materialise-volumes.ts'
import { initialContainerStatus } from './initial-container-status.ts'
import { isSidecar } from './is-sidecar.ts'
import { pullImage } from './pull-image.ts'
import { resolveLaunch } from './resolve-launch.ts'
import { createRestartPolicy } from './restart-policy.ts'
import { runContainerOnce } from './run-container-once.ts'
import type { Runtime, Stopping } from './runtime.ts'

type Options = {
  pod: Pod
  container: Container
  /** From `spec.initContainers`; a sidecar among them keeps running. */
  isInit: boolean
  podIp: string
  podDir: string
  runtime: Runtime
  onChange: () => void
}

/**
 * Creates one container of a pod: image, configuration, process, restarts by the pod's policy with backoff. Its status
 * has the form of the API; `onChange` is called after each change.
 */
export function createContainer({ pod, container, isInit, podIp, podDir, runtime, onChange }: Options) {
  const status: ContainerStatus = initialContainerStatus(pod, container, isInit)
  const logs = new Map<number, ContainerLog>()
  const field = `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`
  const runsOnce = isInit && !isSidecar(container)
  const subject = { pod, fieldPath: field }
  const record = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    runtime.record(subject, type, reason, message)
  const set = (change: Partial<ContainerStatus>) => {
    Object.assign(status, change)
    onChange()
  }
  const waitFor = (reason: string, message?: string) => {
    const lastState = status.state?.terminated ? { terminated: status.state.terminated } : status.lastState
    set({ state: { waiting: { reason, message } }, lastState, ready: false, started: false })
  }

  const restarts = createRestartPolicy({
    pod,
    container,
    runsOnce,
    backOffScale: runtime.backOffScale,
    record,
    onWaiting: waitFor,
  })

  /**
   * Runs until the container has exited permanently (returns its last exit code) or the pod stops (undefined if it
   * never ran).
   */
  async function run(stopping: Stopping): Promise<number | undefined> {
    const { signal } = stopping
    for (let runs = 0; !signal.aborted; runs++) {
      const pulled = await pullImage({ pod, container, runtime, record, onWaiting: waitFor, signal })
      const environment = pulled && (await prepare(signal))
      if (!pulled || !environment) return undefined
      if (runs > 0) status.restartCount++
      const launch = resolveLaunch({
        image: pulled.image,
        container,
        environment,
        host: runtime.host,
        repositoryRoot: runtime.repositoryRoot,
        hostName: pod.spec.hostname ?? pod.metadata.name,
        podIp,
        root: await mountVolumes(podDir, pod, container),
        dns: { ...runtime.dns, namespace: pod.metadata.namespace },
      })
      if (signal.aborted) return undefined
      status.imageID = pulled.imageId
      const log = openLog(status.restartCount)
      await runContainerOnce({
        pod,
        container,
        isInit: runsOnce,
        podIp,
        launch,
        status,
        log,
        runtime,
        record,
        set,
        stopping,
      })
      const exitCode = status.state?.terminated?.exitCode ?? 0
      if (signal.aborted || !restarts.mustRestart(exitCode)) return exitCode
      await restarts.waitForRestart(signal)
    }
    return undefined
  }

  async function prepare(signal: AbortSignal): Promise<Record<string, string> | undefined> {
    while (!signal.aborted) {
      try {
        return await runtime.environmentOf(pod, container, podIp)
      } catch (error) {
        if (!(error instanceof ExpectedError)) throw error
        record('Warning', 'Failed', `Error: ${error.message}`)
        waitFor('CreateContainerConfigError', error.message)
      }
      await pause(10_000 / runtime.backOffScale, signal)
    }
    return undefined
  }

  // The logs of this run and of the previous one are kept.
  function openLog(run: number): ContainerLog {
    const { namespace, name, uid } = pod.metadata
    const log = createContainerLog({
      file: join(runtime.logsDir, `${namespace}_${name}_${uid}`, container.name, `${run}.log`),
    })
    logs.get(run - 2)?.remove()
    logs.delete(run - 2)
    logs.set(run, log)
    return log
  }

  return {
    name: container.name,
    isSidecar: isInit && !runsOnce,
    status,
    run,
    /**
     * Returns the log of the current or last run, or of the previous run with `isPrevious`; undefined if there is none.
     */
    logOf: (isPrevious: boolean) => logs.get(status.restartCount - (isPrevious ? 1 : 0)),
  }
}
export type PodContainer = ReturnType<typeof createContainer>
