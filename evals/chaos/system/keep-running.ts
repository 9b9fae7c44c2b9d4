import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SpawnedProcess, spawnProcess } from '@goalixa/emulators-shared/process/spawn-process'
import { hostEnvironment } from '@goalixa/sandbox/platform/config'

type Options = Parameters<typeof spawnProcess>[0] & { restartMs: number }

/** How often the memory of a process is read. */
const SAMPLE_MS = 500

/** Runs a program and restarts it whenever it ends, as a cluster does. Signals go to its whole process group. */
export function keepRunning({ restartMs, ...options }: Options) {
  const program = { ...options, env: { ...hostEnvironment(), ...options.env } }
  let child: SpawnedProcess = spawnProcess(program)
  let isStopping = false
  let isPaused = false
  let exits = 0
  const memory = { peakBytes: 0 }
  const ended = Promise.all([restart(), sample()])

  return {
    name: program.name,
    logFile: program.logFile,
    pid: () => child.pid,
    /** How often it ended, by itself or by a signal. */
    exits: () => exits,
    isPaused: () => isPaused,
    /** The most memory that any of its processes held, in bytes; 0 where /proc does not tell. */
    peakBytes: () => memory.peakBytes,
    kill() {
      child.kill()
      isPaused = false
    },
    pause() {
      isPaused = true
      send('SIGSTOP')
    },
    resume() {
      isPaused = false
      send('SIGCONT')
    },
    /** Ends it as a rollout does; it starts again. */
    end: () => send('SIGTERM'),
    async stop(graceMs = 8_000) {
      isStopping = true
      send('SIGCONT')
      await child.stop(graceMs)
      await ended
    },
  }

  function send(signal: NodeJS.Signals) {
    if (child.pid === undefined || child.exitReason() !== null) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It ended in the meantime.
    }
  }

  async function restart() {
    while (!isStopping) {
      await child.exited
      if (isStopping) return
      exits += 1
      await sleep(restartMs)
      if (!isStopping) child = spawnProcess(program)
    }
  }

  async function sample() {
    while (!isStopping) {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
      const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
      memory.peakBytes = Math.max(memory.peakBytes, peak)
      await Promise.race([sleep(SAMPLE_MS), child.exited.then(() => sleep(SAMPLE_MS))])
    }
  }
}
