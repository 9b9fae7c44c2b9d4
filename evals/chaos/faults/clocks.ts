import type { System } from '../system/start-system.ts'
import type { Fault } from './fault.ts'

const isMissing = ({ hasFakeClocks }: System) =>
  hasFakeClocks ? undefined : "Debian's package faketime is not installed"

/** The wall clock of a worker jumps, as by a wrong time server; its monotonic clock does not. */
export const clockJumped: Fault = {
  name: 'clock jumped',
  kind: 'outage',
  seconds: [4, 10],
  reasonUnavailable: isMissing,
  async inject({ system, random }) {
    const worker = system.workers.find(({ clock }) => clock?.isSuspension === false)
    const seconds = Math.round(random.pick([-1, 1]) * random.between(5, 900))
    await worker?.clock?.shift(seconds)
    return { detail: `${worker?.name} by ${seconds} s`, heal: () => worker?.clock?.shift(0) }
  },
}

/** Both clocks of a worker jump forward, as if its machine had been suspended. They are correct again after a restart. */
export const machineSuspended: Fault = {
  name: 'machine suspended',
  kind: 'outage',
  seconds: [4, 10],
  reasonUnavailable: isMissing,
  async inject({ system, random }) {
    const worker = system.workers.find(({ clock }) => clock?.isSuspension === true)
    const seconds = Math.round(random.between(5, 300))
    await worker?.clock?.shift(seconds)
    return {
      detail: `${worker?.name} for ${seconds} s`,
      async heal() {
        worker?.process.kill()
        await worker?.clock?.shift(0)
      },
    }
  },
}
