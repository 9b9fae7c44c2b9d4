import { rm, writeFile } from 'node:fs/promises'
import type { DatabaseTraffic } from '../system/create-database-proxy.ts'
import type { System } from '../system/start-system.ts'
import type { Fault } from './fault.ts'

/** Some of a worker's sessions end. */
export const sessionsEnded: Fault = {
  name: 'sessions ended',
  kind: 'outage',
  seconds: [0.5, 1],
  async inject({ system, random }) {
    const worker = random.pick(system.workers)
    const ports = worker.database.sessionPorts().filter(() => random.isHit(0.5))
    await system.database.endSessions(ports)
    return { detail: `${ports.length} of ${worker.name}`, heal() {} }
  },
}

/** PostgreSQL is killed, and is back after some seconds. */
export const databaseKilled: Fault = {
  name: 'PostgreSQL killed',
  kind: 'outage',
  seconds: [5, 7],
  async inject({ system }) {
    system.database.server.kill()
    return { detail: '', heal: () => system.database.query('SELECT 1') }
  },
}

/** PostgreSQL is shut down gracefully (SIGTERM), and is back after some seconds. */
export const databaseStopped: Fault = {
  name: 'PostgreSQL stopped',
  kind: 'outage',
  seconds: [5, 7],
  async inject({ system }) {
    system.database.server.end()
    return { detail: '', heal: () => system.database.query('SELECT 1') }
  },
}

/** PostgreSQL refuses every write, as a standby does. */
export const databaseReadOnly: Fault = {
  name: 'PostgreSQL read-only',
  kind: 'outage',
  seconds: [4, 8],
  async inject({ system: { database } }) {
    const set = async (value: string) => {
      await database.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await database.query('SELECT pg_reload_conf()')
    }
    await set('on')
    return { detail: '', heal: () => set('off') }
  },
}

/** Every byte to and from PostgreSQL arrives late. */
export const databaseSlow: Fault = {
  name: 'PostgreSQL slow',
  kind: 'outage',
  seconds: [4, 8],
  async inject({ system, random }) {
    const delayMs = Math.round(random.between(50, 400))
    setTraffic(system, { mode: 'slow', delayMs })
    return { detail: `${delayMs} ms each way`, heal: () => setTraffic(system, { mode: 'pass' }) }
  },
}

/** Nothing reaches PostgreSQL any more, but no connection breaks. */
export const databaseUnreachable: Fault = {
  name: 'PostgreSQL unreachable',
  kind: 'outage',
  seconds: [4, 9],
  async inject({ system }) {
    setTraffic(system, { mode: 'hold' })
    return { detail: '', heal: () => setTraffic(system, { mode: 'pass' }) }
  },
}

/** One worker does not reach PostgreSQL any more; everybody else does. */
export const workerCutOff: Fault = {
  name: 'worker cut off from PostgreSQL',
  kind: 'outage',
  seconds: [4, 9],
  async inject({ system, random }) {
    const worker = random.pick(system.workers)
    worker.database.set({ mode: 'hold' })
    return { detail: worker.name, heal: () => worker.database.set({ mode: 'pass' }) }
  },
}

/** No space is left on PostgreSQL's disk. */
export const databaseFull: Fault = {
  name: 'PostgreSQL full',
  kind: 'outage',
  seconds: [4, 8],
  reasonUnavailable: ({ database }) =>
    database.disk === undefined ? 'this process is not allowed to mount a small disk' : undefined,
  async inject({ system: { database } }) {
    const filler = database.disk?.filler ?? ''
    await fill(filler)
    return {
      detail: '',
      async heal() {
        await rm(filler, { force: true })
        // If it could not write its WAL, it has shut down.
        await database.isAnswering().then(isThere => isThere || database.server.kill())
        await database.query('SELECT 1')
      },
    }
  },
}

function setTraffic({ api, workers }: System, traffic: DatabaseTraffic) {
  for (const { database } of [api, ...workers]) database.set(traffic)
}

async function fill(file: string) {
  const chunk = Buffer.alloc(1024 * 1024)
  for (;;) {
    try {
      await writeFile(file, chunk, { flag: 'a' })
    } catch {
      return
    }
  }
}
