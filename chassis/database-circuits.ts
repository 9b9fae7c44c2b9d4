import { createDatabaseCircuit, type DatabaseCircuit } from './create-database-circuit.ts'
import { createWriteProbe } from './create-write-probe.ts'

const circuits = new Map<string, { circuit: DatabaseCircuit; users: number }>()

/** Returns the circuit of a database, which all pools of this process share: what one pool finds out holds for all. Call `release` when the pool ends. */
export function shareDatabaseCircuit(url: string) {
  const known = circuits.get(url)
  const entry = known ?? { circuit: createDatabaseCircuit(createWriteProbe(url)), users: 0 }
  entry.users += 1
  circuits.set(url, entry)
  return {
    circuit: entry.circuit,
    release() {
      entry.users -= 1
      if (entry.users > 0) return
      entry.circuit.stop()
      circuits.delete(url)
    },
  }
}
