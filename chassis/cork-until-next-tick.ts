import type { PoolClient } from 'pg'

/**
 * Buffers what a pipelined connection sends until the next tick, so that it leaves in one write: each write is a system
 * call here and a wake-up of PostgreSQL there.
 */
export function corkUntilNextTick({ connection: { stream } }: PoolClient): void {
  stream.cork()
  process.nextTick(() => stream.uncork())
}
