import type { ClientBase, Pool, PoolClient } from 'pg'
import { countConnections } from './count-connections.ts'
import type { DatabaseCircuit } from './create-database-circuit.ts'
import { databaseErrorOf } from './database-errors.ts'

// A statement that takes longer triggers a probe, because the database may be locked or slow.
const SLOW_MS = 1_000
// While a table is locked: long enough for the locks that transactions of ours hold, and short enough not to exhaust the pool.
const LOCK_TIMEOUT_MS = 500
const TOO_MANY_CONNECTIONS = '53300'
const SHORTAGE_MS = 1_000

type Query = (...args: unknown[]) => unknown
type Hooks = {
  /** Awaited before a connection is given out. */
  admit?: () => Promise<void>
  onEnd: () => void
}
type Connected = (error: unknown, client?: PoolClient, release?: PoolClient['release']) => void

/**
 * Puts a pool behind a circuit breaker: failed and slow statements are reported to it, and while it is open the pool gives out no connection.
 * Connections from before the database recovered are replaced, because a session keeps the state that it started with. While other
 * sessions have locked tables, a statement that needs one fails soon, and does not keep a connection from the others.
 */
export function watchDatabase(pool: Pool, circuit: DatabaseCircuit, { admit, onEnd }: Hooks): void {
  const generations = new WeakMap<PoolClient, number>()
  const impatient = new WeakSet<PoolClient>()
  const max = pool.options.max
  const connections = countConnections(pool)
  let shortage: NodeJS.Timeout | undefined
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
      const client = await connectOrWait().catch(error => {
        report(error)
        throw circuit.refusal() ?? databaseErrorOf(error) ?? error
      })
      if (generations.get(client) === circuit.generation()) {
        await limitLockWait(client)
        return client
      }
      client.release(true)
    }
  }

  /** Waits for one of the pool's own connections where the server accepts no more. */
  async function connectOrWait(): Promise<PoolClient> {
    const deadline = performance.now() + (pool.options.connectionTimeoutMillis ?? 0)
    for (;;) {
      try {
        return await connect()
      } catch (error) {
        const isShort = (error as { code?: unknown }).code === TOO_MANY_CONNECTIONS && connections() > 0
        if (!isShort || performance.now() > deadline) throw error
        report(error)
        // Callers then queue for a connection instead of asking the server for one more.
        pool.options.max = connections()
        clearTimeout(shortage)
        shortage = setTimeout(() => {
          pool.options.max = max
        }, SHORTAGE_MS).unref()
      }
    }
  }

  async function limitLockWait(client: PoolClient) {
    const isLimited = circuit.hasLockedTables()
    if (impatient.has(client) === isLimited) return
    try {
      await client.query(isLimited ? `SET lock_timeout = ${LOCK_TIMEOUT_MS}` : 'RESET lock_timeout')
    } catch (error) {
      client.release(true)
      throw databaseErrorOf(error) ?? error
    }
    if (isLimited) impatient.add(client)
    else impatient.delete(client)
  }

  function report(error?: unknown): string | undefined {
    const failure = error === undefined ? undefined : databaseErrorOf(error)
    if (error === undefined || failure) circuit.suspect(failure?.code)
    return failure?.code
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
