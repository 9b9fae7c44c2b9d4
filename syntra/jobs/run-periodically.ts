import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '@goalixa/chassis/log'

/** Does some work again and again with a pause between; a failure is logged and waited out. `stop` lets it end. */
export function repeat(name: string, everyMs: number, log: Log, work: () => Promise<unknown>) {
  const stopping = new AbortController()
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }

  async function run() {
    while (!stopping.signal.aborted) {
      await work().catch(error => log.warn({ err: error, work: name }, 'periodic work failed'))
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
}
