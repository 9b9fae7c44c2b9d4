import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type SpawnedProcess, spawnProcess } from '@goalixa/emulators-shared/process/spawn-process'
import { hostEnvironment } from './config.ts'
import { REPOSITORY } from './settings.ts'
import { waitUntil } from './wait-until.ts'

type Options = { logsDir: string; signal: AbortSignal }

/** Starts the processes of the platform, detects when one exits, and stops them all in reverse order. */
export async function createSupervisor({ logsDir, signal }: Options) {
  await mkdir(logsDir, { recursive: true })
  const started: SpawnedProcess[] = []
  const run = (name: string, command: string, args: string[], env: Record<string, string> = {}) => {
    signal.throwIfAborted()
    const child = spawnProcess({
      name,
      command,
      args,
      env: { ...hostEnvironment(), ...env },
      cwd: REPOSITORY,
      logFile: join(logsDir, `${name}.log`),
    })
    started.push(child)
    return child
  }
  const assertAllAlive = () => {
    const dead = started.find(child => child.exitReason() !== null)
    if (dead)
      throw new Error(
        `The process ${dead.name} exited (${dead.exitReason()}). The end of its log, ${dead.logFile}:\n${dead.lastLines()}`,
      )
  }
  return {
    run,
    /** Starts one of our services with the same Node. */
    service: (name: string, main: string, env: Record<string, string>) =>
      run(name, process.execPath, [main], env),
    /** Waits for a condition that a started process should fulfil; fails at once if any process has exited. */
    async until<T>(
      what: string,
      check: () => Promise<T | undefined | false>,
      timeoutMs = 60_000,
    ): Promise<T> {
      const result = await waitUntil<{ answer: T } | { failure: unknown }>(
        async () => {
          try {
            assertAllAlive()
          } catch (failure) {
            return { failure }
          }
          const answer = await check()
          return answer === undefined || answer === false ? undefined : { answer }
        },
        { what, timeoutMs, signal },
      )
      if ('failure' in result) throw result.failure
      return result.answer
    },
    /** Resolves once the URL responds with a status below 500. */
    untilHttp(url: string, timeoutMs?: number) {
      return this.until(
        `a response from ${url}`,
        async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status < 500,
        timeoutMs,
      )
    },
    assertAllAlive,
    processes: () => [...started],
    async stop() {
      for (const child of started.toReversed()) await child.stop()
    },
    kill() {
      for (const child of started.toReversed()) child.kill()
    },
  }
}
export type Supervisor = Awaited<ReturnType<typeof createSupervisor>>
