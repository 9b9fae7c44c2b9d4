import type { Pool, PoolClient } from 'pg'
import { countConnections } from './count-connections.ts'
import { createDatabaseCircuit, type DatabaseCircuit } from './create-database-circuit.ts'
import { createLockWatch, type LockWatch } from './create-lock-watch.ts'
import { createWriteProbe } from './create-write-probe.ts'

/** A pool, and how to take a connection from it even while the circuit is open. */
type Lender = { pool: Pool; connections: () => number; connect: () => Promise<PoolClient> }

type Shared = { circuit: DatabaseCircuit; lockWatch: LockWatch; lenders: Set<Lender> }

const circuits = new Map<string, Shared>()

/** Returns the circuit and the lock watch of a database, which all pools of this process share: what one pool finds out holds for all. Call `release` when the pool ends. */
export function shareDatabaseCircuit(url: string, pool: Pool) {
  const entry = circuits.get(url) ?? open(url)
  circuits.set(url, entry)
  const lender = { pool, connections: countConnections(pool), connect: pool.connect.bind(pool) }
  entry.lenders.add(lender)
  return {
    circuit: entry.circuit,
    lockWatch: entry.lockWatch,
    release() {
      entry.lenders.delete(lender)
      if (entry.lenders.size > 0) return
      entry.circuit.stop()
      circuits.delete(url)
    },
  }
}

function open(url: string): Shared {
  const lenders = new Set<Lender>()
  const lockWatch = createLockWatch(url)
  const probe = createWriteProbe(url, () => lend(lenders))
  return { circuit: createDatabaseCircuit(probe, lockWatch), lockWatch, lenders }
}

async function lend(lenders: Iterable<Lender>): Promise<PoolClient | 'busy' | undefined> {
  let isAnyBusy = false
  for (const { pool, connections, connect } of lenders) {
    if (pool.idleCount > 0 && pool.waitingCount === 0) return connect()
    isAnyBusy ||= connections() > 0
  }
  return isAnyBusy ? 'busy' : undefined
}
