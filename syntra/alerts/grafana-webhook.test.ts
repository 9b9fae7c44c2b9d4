import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { KEYS, WEBHOOK_TOKEN } from '../testing/test-config.ts'

let postgres: TestPostgres
let syntra: TestSyntra

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  const databaseUrl = await postgres.createDatabase()
  const dependencies = fakeDependencies('http://127.0.0.1:1')
  syntra = await startSyntra({ databaseUrl, dependencies, worker: false })
})
afterEach(() => syntra.stop())

// https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
const GRAFANA = {
  receiver: 'syntra',
  status: 'firing',
  orgId: 1,
  alerts: [
    {
      status: 'firing',
      labels: {
        alertname: 'Orders restart',
        grafana_folder: 'Shop',
        namespace: 'shop',
        pod: 'orders-6c8f5d7b9-x2k4q',
        severity: 'critical',
      },
      annotations: { summary: 'orders restarts again and again' },
      startsAt: '2026-11-29T09:00:00.5Z',
      // Of an alert that is firing.
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://grafana.example/alerting/grafana/a1/view?orgId=1',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://grafana.example/alerting/silence/new',
      dashboardURL: '',
      panelURL: '',
      values: { B: 5.5 },
      valueString: "[ var='B' value=5.5 ]",
    },
  ],
  groupLabels: { alertname: 'Orders restart' },
  commonLabels: { alertname: 'Orders restart', namespace: 'shop' },
  commonAnnotations: {},
  externalURL: 'https://grafana.example/',
  version: '1',
  groupKey: '{}:{alertname="Orders restart"}',
  truncatedAlerts: 0,
  title: '[FIRING:1] Orders restart',
  state: 'alerting',
  message: 'Firing',
}

async function send(body: string, contentType = 'application/json') {
  const response = await fetch(`${syntra.url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': contentType, authorization: `Bearer ${WEBHOOK_TOKEN}` },
    body,
  })
  return response.status
}
const incidents = async () => (await syntra.get('/v1/incidents')).body.incidents
const refused = async () => (await syntra.get('/v1/alerts/refused', KEYS.eve)).body.refused

test('an alert of Grafana opens an incident, which ends when Grafana says that it is resolved', async () => {
  expect(await send(JSON.stringify(GRAFANA))).toBe(202)
  expect(await incidents()).toMatchObject([{ title: 'Orders restart on shop/orders', state: 'open' }])
  const alerts = GRAFANA.alerts.map(alert => ({
    ...alert,
    status: 'resolved',
    endsAt: '2026-11-29T09:20:00.5Z',
  }))
  expect(await send(JSON.stringify({ ...GRAFANA, status: 'resolved', state: 'ok', alerts }))).toBe(202)
  expect(await incidents()).toMatchObject([{ state: 'resolved' }])
  expect(await refused()).toEqual([])
})

const VERSION = { field: 'version', expected: '"4", the webhook of Alertmanager, or "1", that of Grafana' }
const JSON_FAULT = { field: '(body)', expected: 'well-formed JSON' }

test.each([
  ['of an unknown version', JSON.stringify({ ...GRAFANA, version: '2' }), 400, VERSION, GRAFANA.commonLabels],
  ['of another shape', JSON.stringify({ text: 'firing', version: 1 }), 400, VERSION, {}],
  ['that is no JSON', '{"version": "4", ', 400, JSON_FAULT, {}],
  ['that is empty', '', 400, JSON_FAULT, {}],
])('a delivery %s is counted and listed', async (_name, body, status, fault, labels) => {
  expect(await send(body)).toBe(status)
  const [kept, ...others] = await refused()
  expect(others).toEqual([])
  expect(kept.labels).toEqual({ ...labels, delivery: 'rejected as a whole' })
  expect(kept.fields).toContainEqual(fault)
  const metrics = await (await fetch(`${syntra.metricsUrl}/metrics`)).text()
  expect(metrics).toMatch(/^syntra_alerts_refused_total 1$/m)
  expect(await incidents()).toEqual([])
})

test('a delivery of another type or with a wrong token: only the first is listed, because anybody can send the second', async () => {
  expect(await send('firing', 'text/plain')).toBe(415)
  expect(await refused()).toMatchObject([{ fields: [{ field: 'content-type' }] }])
  const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' }
  const { status } = await fetch(`${syntra.url}/v1/alerts`, { method: 'POST', headers, body: '{' })
  expect(status).toBe(401)
  expect(await refused()).toHaveLength(1)
})
