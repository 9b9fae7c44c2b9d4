import type { RedisConnection } from '@goalixa/chassis/connect-redis'
import { ENDED_SESSIONS_COMPLETE, endedSessionKey } from './ended-sessions.schema.ts'

type Options = RedisConnection & {
  /** Returns the ids of the sessions that ended after an instant. */
  endedSince: (since: Date) => Promise<string[]>
  accessSeconds: number
  now: () => number
}

const EVERY_MS = 1_000
// Three renewals may be late; a session that ended must be refused within five seconds.
const COMPLETE_SECONDS = 4
// Covers a transaction that commits late, and replicas whose clocks differ.
const OVERLAP_MS = 60_000

/**
 * Publishes ended sessions in Redis for the BFF: at once where they end, and every second again from the database, which also covers what
 * another replica could not publish. A Redis that lost its data is filled again before it vouches for completeness.
 */
export function createEndedSessionPublisher({ redis, reportWrite, endedSince, accessSeconds, now }: Options) {
  const keptSeconds = accessSeconds + OVERLAP_MS / 1000
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let lastAt = 0

  async function republish() {
    const at = now()
    if (lastAt === 0 || !(await renew(new Date(lastAt - OVERLAP_MS)))) {
      const ids = await endedSince(new Date(at - keptSeconds * 1000))
      await write(ids).set(ENDED_SESSIONS_COMPLETE, '1', 'EX', COMPLETE_SECONDS).exec()
    }
    lastAt = at
  }

  // Returns whether Redis was complete. If it lost its data, even while the database was read, it must not vouch for these few.
  async function renew(since: Date): Promise<boolean> {
    const ids = await endedSince(since)
    const answers = await write(ids).set(ENDED_SESSIONS_COMPLETE, '1', 'EX', COMPLETE_SECONDS, 'XX').exec()
    return answers?.at(-1)?.[1] === 'OK'
  }

  function write(ids: string[]) {
    const batch = redis.multi()
    for (const id of ids) batch.set(endedSessionKey(id), '1', 'EX', keptSeconds)
    return batch
  }

  async function run() {
    // While Redis or the database cannot be used, the completeness key expires, and the BFF asks auth instead.
    await republish().then(() => reportWrite(), reportWrite)
    if (!isStopped) timer = setTimeout(run, EVERY_MS).unref()
  }

  return {
    /** Resolves once the sessions are published; if they cannot be, the next round publishes them. */
    async publish(ids: string[]): Promise<void> {
      if (ids.length > 0)
        await write(ids)
          .exec()
          .catch(() => {})
    },
    start(): void {
      void run()
    },
    stop(): void {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
