import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { RealWrites } from './real-writes-dependencies.ts'

type Options = {
  databaseUrl: string
  targetUrl: string
  settings?: Record<string, string>
  writes?: RealWrites
}

/** Runs workers as separate processes, each killed at its point; the last one survives. The next one starts up meanwhile. */
export function startCrashingWorkers({ databaseUrl, targetUrl, settings = {}, writes }: Options) {
  const children = new Set<ChildProcess>()
  let spare = startSpare()
  const died: string[] = []
  let isStopped = false

  return {
    /** Points at which a worker was killed. */
    died,
    async crashAt(points: string[]): Promise<void> {
      for (const point of points) {
        const child = await start(point)
        if (isStopped) return
        const [, signal] = await once(child, 'exit')
        if (signal === 'SIGKILL') died.push(point)
      }
      await start(null)
    },
    stop() {
      isStopped = true
      for (const child of children) child.kill('SIGKILL')
    },
  }

  async function start(crashAt: string | null): Promise<ChildProcess> {
    const child = await spare
    if (isStopped) return child
    spare = startSpare()
    child.send({ databaseUrl, targetUrl, settings, writes, crashAt })
    return child
  }

  async function startSpare(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'crashing-worker.ts'), { stdio: 'inherit' })
    children.add(child)
    child.once('exit', () => children.delete(child))
    await once(child, 'message')
    return child
  }
}
