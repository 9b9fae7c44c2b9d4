import { setTimeout as sleep } from 'node:timers/promises'

type Options = { what: string; timeoutMs: number; everyMs?: number; signal?: AbortSignal }

/** Asks again and again until there is an answer other than undefined or false; throws "… did not happen in N s" with the last reason. */
export async function waitUntil<T>(ask: () => Promise<T | undefined | false>, options: Options): Promise<T> {
  const { what, timeoutMs, everyMs = 200, signal } = options
  const deadline = Date.now() + timeoutMs
  let reason: unknown
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    const answer = await ask().catch(error => {
      reason = error
      return undefined
    })
    if (answer !== undefined && answer !== false) return answer
    await sleep(everyMs, undefined, { signal })
  }
  const because = reason instanceof Error ? `: ${reason.message}` : ''
  throw new Error(`${what} did not happen within ${Math.round(timeoutMs / 1000)} s${because}`)
}
