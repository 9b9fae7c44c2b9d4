import { trivialAlert } from '../load/run-alert-stream.ts'
import { sendAlerts } from '../load/send-alerts.ts'
import type { Fault } from './fault.ts'

/** Enough for a queue that the urgent have to overtake. */
const SIZE = 60
let storms = 0

/** Many alerts of different services at once. */
export const alertStorm: Fault = {
  name: 'storm of alerts',
  kind: 'interference',
  seconds: [0.5, 1],
  async inject({ system, journal }) {
    storms += 1
    const alerts = Array.from({ length: SIZE }, (_, index) => trivialAlert(`storm-${storms}-${index}`))
    await sendAlerts(system.api.url, journal, alerts)
    return { detail: `${SIZE} alerts`, heal() {} }
  },
}
