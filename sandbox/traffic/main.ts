import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@goalixa/chassis/log'
import { readTrafficConfig } from './config.ts'
import { createPerson } from './person.ts'
import { seededRandom } from './seeded-random.ts'

// A steady, seeded mix of people. An open loop: a slow answer does not slow the others down, as in life.
const config = readTrafficConfig()
const log = createLog({ service: 'traffic', level: config.LOG_LEVEL })
const random = seededRandom(config.SEED)
const people = Array.from({ length: config.USERS }, (_, index) =>
  createPerson({
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
  log.info({ answers: Object.fromEntries(counts) }, 'people are using the app')
  counts.clear()
}, 10_000)
reporting.unref()

while (!isEnding) {
  const person = people[Math.floor(random() * people.length)]
  if (person && !busy.has(person.name)) {
    busy.add(person.name)
    person
      .next()
      .then(({ step, status }) => count(`${step} ${status}`))
      .catch(() => count('no answer'))
      .finally(() => busy.delete(person.name))
  }
  // Exponential gaps make the arrivals a Poisson process.
  await sleep((-Math.log(1 - random()) / config.RATE) * 1000)
}

function count(key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
