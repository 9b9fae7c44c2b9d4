import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@goalixa/chassis/log'
import { readTrafficConfig } from './config.ts'
import { createSimulatedUser } from './create-simulated-user.ts'
import { seededRandom } from './seeded-random.ts'

// Sends the requests of a steady, seeded mix of users, as an open loop: a slow response does not delay the other
// requests, as with real users.
const config = readTrafficConfig()
const log = createLog({ service: 'traffic', level: config.LOG_LEVEL })
const random = seededRandom(config.SEED)
const users = Array.from({ length: config.USERS }, (_, index) =>
  createSimulatedUser({
    baseUrl: config.BASE_URL,
    origin: config.ORIGIN ?? new URL(config.BASE_URL).origin,
    name: `person-${config.SEED}-${index + 1}`,
    random: seededRandom(config.SEED * 1_000 + index),
  }),
)
const busy = new Set<string>()
const counts = new Map<string, number>()
let isEnding = false
process.once('SIGTERM', () => {
  isEnding = true
})
process.once('SIGINT', () => {
  isEnding = true
})

const reporting = setInterval(() => {
  log.info({ answers: Object.fromEntries(counts) }, 'users active')
  counts.clear()
}, 10_000)
reporting.unref()

while (!isEnding) {
  const user = users[Math.floor(random() * users.length)]
  if (user && !busy.has(user.name)) {
    busy.add(user.name)
    user
      .next()
      .then(({ step, status }) => count(`${step} ${status}`))
      .catch(() => count('no response'))
      .finally(() => busy.delete(user.name))
  }
  // Exponential gaps make the arrivals a Poisson process.
  await sleep((-Math.log(1 - random()) / config.RATE) * 1000)
}

function count(key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
