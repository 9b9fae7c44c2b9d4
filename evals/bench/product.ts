import { hashPassword } from '@goalixa/auth/passwords/hash-password'
import { startProduct } from '@goalixa/bff/testing/start-product'
import { startBareAnswer } from './bare-answer.ts'
import { measureRequests } from './measure-requests.ts'
import { measureWork } from './measure-work.ts'
import { printMeasure } from './print-measure.ts'
import { seedPerson } from './seed-person.ts'

// Measures the requests that users wait for, compared in the same run with the minimum that any endpoint must do. The load
// generator, PostgreSQL and three services share two cores, so the ratios mean more than the rates.
const CONCURRENCY = 8
const PASSWORD = 'a long enough sentence'
const NAMES = ['auth', 'core', 'bff'] as const
const WARM = { requests: 4_000, concurrency: CONCURRENCY, expectStatus: 200 }

const product = await startProduct()
try {
  const atStart = await memory()
  const { page, email } = await product.signedIn()
  await seedPerson(page)
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const url = `${product.bff.address}/bff/aggregate/dashboard`
  const body = await (await fetch(url, { headers: { cookie } })).text()
  const bare = await startBareAnswer(body)

  const answers = { ...WARM, url: bare.url, headers: {} }
  await measureRequests({ ...answers, requests: 500 })
  const baseline = await measureRequests(answers)
  const dashboards = { ...WARM, url, headers: { cookie } }
  await measureRequests({ ...dashboards, requests: 500 })
  const before = await processorSeconds()
  const warm = await measureRequests(dashboards)
  const after = await processorSeconds()
  printMeasure(`baseline: ${Math.round(body.length / 1024)} KB answer`, baseline, baseline)
  printMeasure('dashboard, cached', warm, baseline)
  // Unlike rates, processor time is the same on a busy machine.
  const spent = NAMES.map((name, index) => {
    const ms = (((after[index] ?? 0) - (before[index] ?? 0)) * 1000) / warm.requests
    return `${name} ${ms.toFixed(2)} ms`
  })
  process.stdout.write(`CPU time per dashboard: ${spent.join(', ')}\n`)

  const zones = Intl.supportedValuesOf('timeZone')
  const cold = await measureRequests({
    ...dashboards,
    requests: 200,
    urlOf: index => `${url}?time_zone=${zones[index % zones.length]}`,
  })
  printMeasure('dashboard, not cached', cold, baseline)

  // Argon2id is slow by design: a sign-in cannot be faster than its one hash.
  const hashing = { requests: 100, concurrency: CONCURRENCY }
  const hash = await measureWork({ ...hashing, work: async () => (await hashPassword(PASSWORD)) !== '' })
  const login = await measureRequests({
    ...hashing,
    url: `${product.auth.address}/v1/login`,
    headers: {},
    bodyOf: () => ({ email, password: PASSWORD }),
    expectStatus: 200,
  })
  printMeasure('baseline: one hash', hash, hash)
  printMeasure('sign-in', login, hash)
  await bare.stop()
  process.stdout.write(`memory at the start: ${atStart}\nmemory at the end:   ${await memory()}\n`)
} finally {
  await product.stop()
}

async function memory(): Promise<string> {
  const bytes = await metric('process_resident_memory_bytes')
  return NAMES.map((name, index) => `${name} ${((bytes[index] ?? 0) / 1_048_576).toFixed(0)} MB`).join(', ')
}

function processorSeconds(): Promise<number[]> {
  return metric('process_cpu_seconds_total')
}

// The value of each service, in the order of `NAMES`.
function metric(name: string): Promise<number[]> {
  return Promise.all(
    NAMES.map(async service => {
      const text = await (await fetch(`${product[service].metricsAddress}/metrics`)).text()
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
    }),
  )
}
