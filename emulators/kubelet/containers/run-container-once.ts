import { randomBytes } from 'node:crypto'
import { apiTime } from '@goalixa/emulators-shared/kubernetes/api-time'
import type { Container, ContainerStatus, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { parseQuantity } from '@goalixa/emulators-shared/kubernetes/parse-quantity'
import type { ContainerLog } from '../logs/create-container-log.ts'
import { readTerminationMessage } from './read-termination-message.ts'
import { runCommand } from './run-command.ts'
import { runPostStart } from './run-post-start.ts'
import type { Runtime, Stopping } from './runtime.ts'
import { type RunningProcess, startProcess } from './start-process.ts'
import { stopProcess } from './stop-process.ts'
import { watchContainerProbes } from './watch-container-probes.ts'

type Options = {
  pod: Pod
  container: Container
  isInit: boolean
  podIp: string
  launch: { argv: string[]; env: Record<string, string>; cwd: string }
  status: ContainerStatus
  log: ContainerLog
  runtime: Runtime
  record: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  set: (change: Partial<ContainerStatus>) => void
  stopping: Stopping
}

/** Runs a container's process once, with probes and memory limit, and sets its state to `terminated`. */
export async function runContainerOnce(options: Options): Promise<void> {
  const { pod, container, isInit, podIp, launch, log, runtime, record, set, stopping, status } = options
  const { orphanKiller } = runtime
  const containerId = `sandbox://${randomBytes(32).toString('hex')}`
  const startedAt = apiTime()
  const over = new AbortController()
  const facts = { isOutOfMemory: false, isBeingStopped: false }
  const lastState = status.state?.terminated ? { terminated: status.state.terminated } : status.lastState
  const run = (argv: string[], timeoutMs: number) => runCommand({ ...launch, argv, timeoutMs, orphanKiller })

  let process: RunningProcess
  try {
    process = await startProcess({ ...launch, orphanKiller, onOutput: log.write })
  } catch (error) {
    log.close()
    const message = `failed to create containerd task: exec: "${launch.argv[0]}": ${describeStartError(error)}`
    record('Warning', 'Failed', `Error: ${message}`)
    const terminated = {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt,
      finishedAt: apiTime(),
      containerID: containerId,
    }
    set({
      state: { waiting: { reason: 'RunContainerError', message } },
      lastState: { terminated },
      containerID: containerId,
    })
    status.state = { terminated }
    return
  }
  record('Normal', 'Created', `Created container: ${container.name}`)
  record('Normal', 'Started', `Started container ${container.name}`)
  set({
    state: { running: { startedAt } },
    lastState,
    containerID: containerId,
    started: false,
    ready: false,
  })

  const stop = (graceMs: number) => {
    if (facts.isBeingStopped) return
    facts.isBeingStopped = true
    over.abort()
    void stopProcess({ process, container, graceMs, podIp, run })
  }
  const stopWithPod = () => {
    record('Normal', 'Killing', `Stopping container ${container.name}`)
    stop(stopping.graceMs())
  }
  if (stopping.signal.aborted) stopWithPod()
  else stopping.signal.addEventListener('abort', stopWithPod, { once: true })

  const limit = parseQuantity(container.resources?.limits?.memory)
  const untrack = runtime.stats.add({
    id: containerId,
    pid: process.pid,
    namespace: pod.metadata.namespace,
    pod: pod.metadata.name,
    podUid: pod.metadata.uid,
    container: container.name,
    image: container.image ?? '',
    startedAtMs: Date.now(),
    memoryLimitBytes: limit > 0 ? limit : undefined,
    onOverLimit: () => {
      facts.isOutOfMemory = true
      process.kill()
    },
  })
  if (container.lifecycle?.postStart) {
    const failure = await Promise.race([
      runPostStart(container, { podIp, run }),
      process.exited.then(() => undefined),
    ])
    if (failure !== undefined) {
      record('Warning', 'FailedPostStartHook', `PostStartHook failed: ${failure}`)
      stop((pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
    }
  }
  if (isInit) set({ started: true })
  else if (!over.signal.aborted)
    watchContainerProbes({
      container,
      podIp,
      run,
      signal: over.signal,
      onStarted: () => set({ started: true }),
      onReady: ready => set({ ready }),
      onFailure: (kind, message) => record('Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
      onDead: (kind, probe) => {
        record('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`)
        stop((probe.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
      },
    })

  const { exitCode } = await process.exited
  over.abort()
  stopping.signal.removeEventListener('abort', stopWithPod)
  untrack()
  log.close()
  const reason = facts.isOutOfMemory ? 'OOMKilled' : exitReason(exitCode)
  const finishedAt = apiTime()
  const root = launch.env.SANDBOX_ROOT ?? ''
  const message = await readTerminationMessage({ container, root, logFile: log.file, exitCode })
  const terminated = { exitCode, reason, message, startedAt, finishedAt, containerID: containerId }
  set({ state: { terminated }, ready: isInit && exitCode === 0, started: false })
}

function exitReason(exitCode: number): string {
  return exitCode === 0 ? 'Completed' : 'Error'
}

function describeStartError(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'executable file not found in $PATH'
  return code === 'EACCES' ? 'permission denied' : String(error)
}
