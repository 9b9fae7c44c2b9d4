import { hashPassword } from '@goalixa/auth/passwords/hash-password'
import { startProduct } from '@goalixa/bff/testing/start-product'
import { startBareAnswer } from './bare-answer.ts'
import { measureRequests } from './measure-requests.ts'
import { measureWork } from './measure-work.ts'
import { printMeasure } from './print-measure.ts'
import { seedPerson } from './seed-person.ts'

// What a person waits for, beside the least that any endpoint could do, in the same run. Two cores share the load
// generator, PostgreSQL and three services here, so the ratios say more than the rates.
const CONCURRENCY = 8
const PASSWORD = 'a long enough sentence'
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
  const yardstick = await measureRequests(answers)
  const dashboards = { ...WARM, url, headers: { cookie } }
  await measureRequests({ ...dashboards, requests: 500 })
  const warm = await measureRequests(dashboards)
  printMeasure(`a bare answer of ${Math.round(body.length / 1024)} KB`, yardstick, yardstick)
  printMeasure('the dashboard, warm', warm, yardstick)

  const zones = Intl.supportedValuesOf('timeZone')
  const cold = await measureRequests({
    ...dashboards,
    requests: 200,
    urlOf: index => `${url}?time_zone=${zones[index % zones.length]}`,
  })
  printMeasure('the dashboard, cold', cold, yardstick)

  // Argon2id is meant to be slow: a sign-in can not be faster than the one hash it makes.
  const hashing = { requests: 100, concurrency: CONCURRENCY }
  const hash = await measureWork({ ...hashing, work: async () => (await hashPassword(PASSWORD)) !== '' })
  const login = await measureRequests({
    ...hashing,
    url: `${product.auth.address}/v1/login`,
    headers: {},
    bodyOf: () => ({ email, password: PASSWORD }),
    expectStatus: 200,
  })
  printMeasure('one password hash', hash, hash)
  printMeasure('a sign-in', login, hash)
  await bare.stop()
  process.stdout.write(`memory at the start: ${atStart}\nmemory at the end:   ${await memory()}\n`)
} finally {
  await product.stop()
}

async function memory(): Promise<string> {
  const each = (['auth', 'core', 'bff'] as const).map(
    async name => `${name} ${await megabytesOf(product[name].metricsAddress)} MB`,
  )
  return (await Promise.all(each)).join(', ')
}

async function megabytesOf(metricsAddress: string): Promise<string> {
  const text = await (await fetch(`${metricsAddress}/metrics`)).text()
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]
  return bytes === undefined ? 'unknown' : (Number(bytes) / 1_048_576).toFixed(0)
}
