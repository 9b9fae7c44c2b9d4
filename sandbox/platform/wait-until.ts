import { setTimeout as sleep } from 'node:timers/promises'

type Options = { what: string; timeoutMs: number; everyMs?: number; signal?: AbortSignal }

/**
 * Polls until the check returns something other than undefined or false; throws "Timed out after N s waiting for …"
 * with the last error.
 */
export async function waitUntil<T>(
  check: () => Promise<T | undefined | false>,
  options: Options,
): Promise<T> {
  const { what, timeoutMs, everyMs = 200, signal } = options
  const deadline = Date.now() + timeoutMs
  let reason: unknown
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    const answer = await check().catch(error => {
      reason = error
      return undefined
    })
    if (answer !== undefined && answer !== false) return answer
    await sleep(everyMs, undefined, { signal })
  }
  const cause = reason instanceof Error ? `: ${reason.message}` : ''
  throw new Error(`Timed out after ${Math.round(timeoutMs / 1000)} s waiting for ${what}${cause}`)
}
