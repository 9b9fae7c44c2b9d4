import type { ClientBase, Pool, PoolClient } from 'pg'
import type { DatabaseCircuit } from './create-database-circuit.ts'
import { databaseTroubleOf } from './database-trouble.ts'

// A statement that takes longer triggers a probe, because the database may be locked or slow.
const SLOW_MS = 1_000

type Query = (...args: unknown[]) => unknown
type Hooks = {
  /** Awaited before a connection is given out. */
  admit?: () => Promise<void>
  onEnd: () => void
}
type Connected = (error: unknown, client?: PoolClient, release?: PoolClient['release']) => void

/**
 * Puts a pool behind a circuit breaker: failed and slow statements are reported to it, and while it is open the pool gives out no connection.
 * Connections from before the database recovered are replaced, because a session keeps the state that it started with.
 */
export function watchDatabase(pool: Pool, circuit: DatabaseCircuit, { admit, onEnd }: Hooks): void {
  const generations = new WeakMap<PoolClient, number>()
  pool.on('connect', client => {
    generations.set(client, circuit.generation())
    watchStatements(client, error => {
      const code = report(error)
      if (code === 'DATABASE_READ_ONLY') generations.delete(client)
    })
  })
  const connect = pool.connect.bind(pool)
  const end = pool.end.bind(pool)
  Object.assign(pool, {
    connect(callback?: Connected) {
      const client = acquire()
      if (!callback) return client
      client.then(
        client => callback(undefined, client, client.release),
        error => callback(error, undefined, () => {}),
      )
    },
    end() {
      if (!pool.ending) onEnd()
      return end()
    },
  })

  async function acquire(): Promise<PoolClient> {
    await admit?.()
    for (;;) {
      const refusal = circuit.refusal()
      if (refusal) throw refusal
      const client = await connect().catch(error => {
        report(error)
        throw circuit.refusal() ?? databaseTroubleOf(error) ?? error
      })
      if (generations.get(client) === circuit.generation()) return client
      client.release(true)
    }
  }

  function report(error?: unknown): string | undefined {
    const trouble = error === undefined ? undefined : databaseTroubleOf(error)
    if (error === undefined || trouble) circuit.suspect(trouble?.code)
    return trouble?.code
  }
}

function watchStatements(client: ClientBase, report: (error?: unknown) => void): void {
  const query = client.query.bind(client) as Query
  Object.assign(client, {
    query(...args: unknown[]) {
      const slow = setTimeout(report, SLOW_MS).unref()
      const ended = (error?: unknown) => {
        clearTimeout(slow)
        if (error) report(error)
      }
      const callback = args.at(-1)
      if (typeof callback === 'function') {
        const watched = (error: unknown, ...rest: unknown[]) => {
          ended(error)
          callback(error, ...rest)
        }
        return query(...args.slice(0, -1), watched)
      }
      const result = query(...args)
      if (result instanceof Promise) result.then(() => ended(), ended)
      else clearTimeout(slow)
      return result
    },
  })
}
