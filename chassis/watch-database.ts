import type { ClientBase, Pool, PoolClient } from 'pg'
import { countConnections } from './count-connections.ts'
import type { DatabaseCircuit } from './create-database-circuit.ts'
import type { LockWatch } from './create-lock-watch.ts'
import { databaseErrorOf } from './database-errors.ts'

// A statement that takes longer triggers a probe, because the database may be locked or slow.
const SLOW_MS = 1_000
const TOO_MANY_CONNECTIONS = '53300'
const SHORTAGE_MS = 1_000
const CANCELLED = '57014'
const LOCK_NOT_AVAILABLE = '55P03'

type Query = (...args: unknown[]) => unknown
type Watches = { circuit: DatabaseCircuit; lockWatch: LockWatch }
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
export function watchDatabase(pool: Pool, { circuit, lockWatch }: Watches, { admit, onEnd }: Hooks): void {
  const generations = new WeakMap<PoolClient, number>()
  const max = pool.options.max
  const connections = countConnections(pool)
  let shortage: NodeJS.Timeout | undefined
  pool.on('connect', client => {
    generations.set(client, circuit.generation())
    lockWatch.add(client)
    watchStatements(client, {
      onSlow: () => report(),
      onEnd(error) {
        const isCancelled = lockWatch.hasCancelled(client)
        if (error === undefined) return
        // Otherwise it would count as slow.
        if (isCancelled && (error as { code?: unknown }).code === CANCELLED)
          Object.assign(error as object, { code: LOCK_NOT_AVAILABLE })
        if (report(error) === 'DATABASE_READ_ONLY') generations.delete(client)
      },
    })
  })
  pool.on('remove', client => lockWatch.delete(client))
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
      if (generations.get(client) === circuit.generation()) return client
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

  function report(error?: unknown): string | undefined {
    const failure = error === undefined ? undefined : databaseErrorOf(error)
    if (error === undefined || failure) circuit.suspect(failure?.code)
    return failure?.code
  }
}

type Listeners = { onSlow: () => void; onEnd: (error?: unknown) => void }

function watchStatements(client: ClientBase, { onSlow, onEnd }: Listeners): void {
  const query = client.query.bind(client) as Query
  Object.assign(client, {
    query(...args: unknown[]) {
      const slow = setTimeout(onSlow, SLOW_MS).unref()
      const ended = (error?: unknown) => {
        clearTimeout(slow)
        onEnd(error ?? undefined)
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
