import type { Fault } from './fault.ts'

/** SIGKILL for a worker, or for the API. They start again by themselves. */
export const workerKilled: Fault = {
  name: 'worker killed',
  kind: 'outage',
  seconds: [0.5, 1],
  async inject({ system, random }) {
    const worker = random.pick(system.workers)
    worker.process.kill()
    return { detail: worker.name, heal() {} }
  },
}

export const apiKilled: Fault = {
  name: 'API killed',
  kind: 'outage',
  seconds: [0.5, 1],
  async inject({ system }) {
    system.api.process.kill()
    return { detail: '', heal() {} }
  },
}

/** SIGSTOP for longer than a lease, then SIGCONT: the worker goes on as if nothing had happened. */
export const workerSuspended: Fault = {
  name: 'worker suspended',
  kind: 'outage',
  seconds: [4, 9],
  async inject({ system, random }) {
    const worker = random.pick(system.workers)
    worker.process.pause()
    return { detail: worker.name, heal: () => worker.process.resume() }
  },
}

/** The same, and its sessions at the database end meanwhile, as behind a router that forgets them. */
export const workerSuspendedSessionsEnded: Fault = {
  name: 'worker suspended, its sessions ended',
  kind: 'outage',
  seconds: [4, 9],
  async inject({ system, random }) {
    const worker = random.pick(system.workers)
    worker.process.pause()
    await system.database.endSessions(worker.database.sessionPorts())
    return { detail: worker.name, heal: () => worker.process.resume() }
  },
}
