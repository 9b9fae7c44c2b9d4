import type { Fault } from './fault.ts'

/** Redis loses everything that it holds. */
export const redisEmptied: Fault = {
  name: 'Redis emptied',
  kind: 'outage',
  seconds: [0.5, 1],
  reasonUnavailable: ({ redis }) =>
    redis === undefined ? 'this round has its queue on PostgreSQL' : undefined,
  async inject({ system: { redis } }) {
    await redis?.empty()
    return { detail: '', heal() {} }
  },
}
