import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { RealWrites } from './real-writes-dependencies.ts'

type Options = {
  databaseUrl: string
  targetUrl: string
  settings?: Record<string, string>
  writes?: RealWrites
}

// A worker that has not arrived at its point by then never will: another one is past it.
const ARRIVAL_MS = 90_000
// Long enough for a request that was about to be sent.
const LATE_MS = 1_000

/**
 * Runs workers as separate processes, each killed or suspended at its point; the last one survives. The next one starts up
 * meanwhile.
 */
export function startCrashingWorkers({ databaseUrl, targetUrl, settings = {}, writes }: Options) {
  const children = new Set<ChildProcess>()
  let spare = startSpare()
  const died: string[] = []
  const paused: string[] = []
  let isStopped = false

  return {
    /** Points at which a worker was killed. */
    died,
    /** Points at which a worker was suspended. */
    paused,
    async crashAt(points: string[]): Promise<void> {
      for (const point of points) {
        const child = await start(point)
        if (isStopped) return
        const [, signal] = await once(child, 'exit')
        if (signal === 'SIGKILL') died.push(point)
      }
      await start(null)
    },
    /**
     * Stops each worker at its point with SIGSTOP and ends its sessions. It goes on for a moment once the next one has arrived
     * at its own point; what the last one does late is done by the function that this resolves with.
     */
    async pauseAt(points: string[]): Promise<() => Promise<void>> {
      let late: ChildProcess | undefined
      for (const point of points) {
        const child = await start(point, 'SIGSTOP')
        if (isStopped || !(await isPaused(child))) break
        paused.push(point)
        await resume(late)
        late = child
        await endSessions()
      }
      await start(null)
      return () => resume(late)
    },
    stop() {
      isStopped = true
      for (const child of children) child.kill('SIGKILL')
    },
  }

  async function start(crashAt: string | null, signal = 'SIGKILL'): Promise<ChildProcess> {
    const child = await spare
    if (isStopped) return child
    spare = startSpare()
    child.send({ databaseUrl, targetUrl, settings, writes, crashAt, signal })
    return child
  }

  async function endSessions(): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'syntra-worker%'`,
    )
    await client.end()
  }

  async function startSpare(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'crashing-worker.ts'), { stdio: 'inherit' })
    children.add(child)
    child.once('exit', () => children.delete(child))
    await once(child, 'message')
    return child
  }
}

/** Resolves with true once a process is suspended, with false if it ends or never is. */
async function isPaused(child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + ARRIVAL_MS
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
    if (stat.slice(stat.lastIndexOf(')')).startsWith(') T')) return true
    await wait(50)
  }
  return false
}

async function resume(child: ChildProcess | undefined): Promise<void> {
  child?.kill('SIGCONT')
  await wait(LATE_MS)
  child?.kill('SIGKILL')
}
