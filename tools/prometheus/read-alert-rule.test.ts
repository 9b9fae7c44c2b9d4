import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClients } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { startPrometheus } from '../testing/start-prometheus.ts'
import { until } from '../testing/until.ts'
import { readAlertRule } from './read-alert-rule.ts'

const RULES = `groups:
- name: test
  rules:
  - { alert: Sick, expr: sick > 0, labels: { severity: critical } }
  - { alert: Sick, expr: sick > 5, labels: { severity: warning } }
  - { alert: SickForLong, expr: sick > 0, for: 1h }
  - { alert: WasSick, expr: sick > 0, keep_firing_for: 1h }
  - { alert: Fine, expr: sick > 100 }
  - { alert: FineSoFar, expr: sick > 100, for: 1h }
  - { alert: Ambiguous, expr: sick + on (namespace) sick > 100 }
`
const signal = new AbortController().signal
let sick = [
  ['core-5f-a', 1],
  ['core-5f-b', 1],
  ['front-7c-a', 1],
] as const as readonly (readonly [string, number])[]
let app: Awaited<ReturnType<typeof createAnsweringServer>>
let prometheus: Awaited<ReturnType<typeof startPrometheus>>

beforeAll(async () => {
  app = await createAnsweringServer(() => ({
    body: sick.map(([pod, value]) => `sick{pod="${pod}"} ${value}\n`).join(''),
  }))
  prometheus = await startPrometheus({ target: app.url.replace('http://', ''), rules: RULES })
  await until(async () => (await read('Ambiguous')).rules[0]?.health === 'err')
  await until(async () => (await read('Sick')).holding === 3)
})
afterAll(async () => {
  await prometheus.stop()
  await app.close()
})

function read(alertname: string, more: Partial<Parameters<typeof readAlertRule.run>[0]> = {}) {
  const input = readAlertRule.input.parse({ alertname, ...more })
  return readAlertRule.run(input, createClients({ prometheus: { url: prometheus.url } }), signal)
}

it('counts firing and pending alerts of the given pods', async () => {
  expect(await read('SickForLong')).toMatchObject({ holding: 3, alerts: [{ state: 'pending' }, {}, {}] })
  expect((await read('Sick', { prefixes: { pod: 'core-' } })).holding).toBe(2)
  expect((await read('Sick', { labels: { pod: 'core-5f-b' } })).holding).toBe(1)
  expect((await read('Sick', { labels: { namespace: 'elsewhere' } })).holding).toBe(0)
})

it('ignores labels added by external_labels, and tells rules apart by severity', async () => {
  expect((await read('Sick', { labels: { cluster: 'eu' } })).holding).toBe(3)
  expect(await read('Sick', { labels: { severity: 'warning' } })).toMatchObject({ holding: 0, rules: [{}] })
})

it('treats the absence of an alert as unknown without a rule, with a failing one, and until it has been evaluated long enough', async () => {
  expect(await read('Fine')).toMatchObject({ holding: 0, unproven: null })
  const silences = [
    [await read('NoSuchRule'), 'no rule of this name'],
    [await read('Ambiguous'), 'not evaluated'],
    [await read('FineSoFar'), /running for \d+ of the 3600 seconds/],
    [await read('Fine', { settleSeconds: 4_000 }), /of the 4000 seconds/],
  ] as const
  for (const [{ holding, unproven }, reason] of silences) {
    expect(holding).toBeUndefined()
    expect(unproven).toMatch(reason)
  }
})

it('does not count alerts that only keep_firing_for keeps alive', async () => {
  await until(async () => (await read('WasSick')).alerts.some(alert => alert.state === 'firing'))
  sick = [['core-5f-a', 0]]
  await until(async () => (await read('WasSick')).holding === 0)
  expect((await read('WasSick')).alerts[0]).toMatchObject({
    state: 'firing',
    keepFiringSince: expect.any(String),
  })
})
