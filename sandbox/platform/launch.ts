import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { REPOSITORY } from './settings.ts'
import { type SpawnedProcess, spawnProcess } from './spawn-process.ts'
import { waitUntil } from './wait-until.ts'

type Options = { logsDir: string; signal: AbortSignal }

/** Starts the platform's processes, notices when one dies too early, and stops them all in reverse order. */
export async function createLaunch({ logsDir, signal }: Options) {
  await mkdir(logsDir, { recursive: true })
  const started: SpawnedProcess[] = []
  const run = (name: string, command: string, args: string[], env: Record<string, string> = {}) => {
    signal.throwIfAborted()
    const child = spawnProcess({
      name,
      command,
      args,
      env,
      cwd: REPOSITORY,
      logFile: join(logsDir, `${name}.log`),
    })
    started.push(child)
    return child
  }
  const assertAllAlive = () => {
    const dead = started.find(child => child.ended() !== null)
    if (dead)
      throw new Error(
        `${dead.name} ended (${dead.ended()}). Its last words, from ${dead.logFile}:\n${dead.lastWords()}`,
      )
  }
  return {
    run,
    /** Starts one of our own services with this very Node. */
    service: (name: string, main: string, env: Record<string, string>) =>
      run(name, process.execPath, [main], env),
    /** Waits for something a started process should do; gives up at once if any process has died. */
    async until<T>(what: string, ask: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
      const result = await waitUntil<{ answer: T } | { fault: unknown }>(
        async () => {
          try {
            assertAllAlive()
          } catch (fault) {
            return { fault }
          }
          const answer = await ask()
          return answer === undefined || answer === false ? undefined : { answer }
        },
        { what, timeoutMs, signal },
      )
      if ('fault' in result) throw result.fault
      return result.answer
    },
    /** Resolves once the URL answers below 500. */
    untilHttp(url: string, timeoutMs?: number) {
      return this.until(
        `an answer from ${url}`,
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
export type Launch = Awaited<ReturnType<typeof createLaunch>>
