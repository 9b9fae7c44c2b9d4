import type { Client } from './postgres.ts'

/**
 * Lets what is asked of a pipelined connection before the next tick go out in one write, because each write is a system
 * call here and wakes PostgreSQL there.
 */
export function corkUntilNextTick({ connection: { stream } }: Client): void {
  stream.cork()
  process.nextTick(() => stream.uncork())
}
