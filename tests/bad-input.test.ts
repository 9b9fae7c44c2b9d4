import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { createSyntraClient } from '@goalixa/syntra/testing/syntra-client'
import { KEYS, WEBHOOK_TOKEN } from '@goalixa/syntra/testing/test-config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIGEST, insertAction } from './insert-action.ts'
import { runProcess } from './run-process.ts'
import { STACK, startApi, WORKER } from './start-api.ts'

const NOBODY = '01900000-0000-7000-8000-000000000000'
const LIMIT = 20_000

let api: Awaited<ReturnType<typeof startApi>>
let worker: ReturnType<typeof runProcess>
let pool: Pool

beforeAll(async () => {
  // Nothing listens at the address of Prometheus.
  api = await startApi({ SYNTRA_WEBHOOK_BODY_LIMIT: String(LIMIT), PROMETHEUS_URL: 'http://127.0.0.1:1' })
  worker = runProcess(WORKER, api.settings)
  pool = createPool({ url: api.settings.DATABASE_URL, name: 'test' })
}, 60_000)
afterAll(async () => {
  await pool.end()
  await worker.stop()
  await api.stop()
})

const alert = { status: 'firing', labels: { alertname: 'A', namespace: 'shop', service: 'core' } }
const good = { ...alert, startsAt: '2026-11-21T10:00:00Z' }
const webhook = (alerts: unknown[], more = {}) => JSON.stringify({ version: '4', alerts, ...more })

describe('an invalid request', () => {
  it.each([
    ['a wrong token', webhook([good]), { authorization: 'Bearer wrong' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['no token', webhook([good]), { authorization: '' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['Basic credentials', webhook([good]), { authorization: 'Basic YTpi' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['a large body', webhook([good], { pad: 'x'.repeat(LIMIT) }), {}, 413, /TOO_LARGE/, ['(body)']],
    ['a truncated body', '{"version": "4", "ale', {}, 400, /JSON/, ['(body)']],
    ['no body', '', {}, 400, /EMPTY/, ['(body)']],
    [
      'a form body',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /MEDIA/,
      ['content-type'],
    ],
    ['a JSON array', '[]', {}, 400, 'INVALID_INPUT', ['(body)']],
    ['foreign JSON', '{"zen":"Keep it logically awesome."}', {}, 400, 'INVALID_INPUT', ['version', 'alerts']],
    ['an old version', webhook([good], { version: '3' }), {}, 400, 'INVALID_INPUT', ['version']],
  ])('is answered with what was expected: an alert with %s', async (...sample) => {
    const [_name, body, headers, status, code, fields] = sample
    const answer = await send('POST', '/v1/alerts', WEBHOOK_TOKEN, body, headers)
    expectProblem(answer, status, code, fields)
  })

  it.each([
    ['GET', '/v1/incidents', 'no-such-key-at-all', '', 401, 'WRONG_CREDENTIALS', []],
    ['GET', `/v1/incidents/${NOBODY}`, KEYS.ada, '', 404, 'NO_SUCH_INCIDENT', []],
    ['GET', `/v1/incidents/${NOBODY}/timeline`, KEYS.ada, '', 404, 'NO_SUCH_INCIDENT', []],
    ['GET', `/v1/incidents/${NOBODY}/stream`, KEYS.ada, '', 404, 'NO_SUCH_INCIDENT', []],
    ['GET', `/v1/incidents/${NOBODY}/report`, KEYS.ada, '', 404, 'NO_SUCH_INCIDENT', []],
    ['GET', `/v1/actions/${NOBODY}`, KEYS.ada, '', 404, 'NO_SUCH_ACTION', []],
    ['GET', "/v1/incidents/1' OR '1'='1", KEYS.ada, '', 400, 'INVALID_INPUT', ['id']],
    ['GET', '/v1/incidents?state=burning', KEYS.ada, '', 400, 'INVALID_INPUT', ['state']],
    ['GET', '/v1/incidents?limit=-1', KEYS.ada, '', 400, 'INVALID_INPUT', ['limit']],
    ['GET', '/v1/nothing', KEYS.ada, '', 404, /.+/, []],
    ['GET', '/v1/%', KEYS.ada, '', 400, /.+/, []],
    ['POST', '/v1/investigations', KEYS.eve, '{}', 403, 'ROLE_NEEDED', []],
    ['POST', '/v1/investigations', KEYS.ada, '{}', 400, 'INVALID_INPUT', ['namespace']],
    [
      'POST',
      `/v1/actions/${NOBODY}/decision`,
      KEYS.ada,
      '{}',
      400,
      'INVALID_INPUT',
      ['decision', 'stateDigest'],
    ],
  ])('is answered with what was expected: %s %s', async (...sample) => {
    const [method, path, key, body, status, code, fields] = sample
    expectProblem(await send(method, path, key, body), status, code, fields)
  })

  it('is rejected for a decision that is late, by the requester, or for another state, and decides nothing', async () => {
    const word = (stateDigest = DIGEST) => JSON.stringify({ decision: 'approve', stateDigest })
    const decide = async (action: Parameters<typeof insertAction>[1], body = word(), key = KEYS.ada) =>
      send('POST', `/v1/actions/${await insertAction(pool, action)}/decision`, key, body)
    expectProblem(await decide({ state: 'succeeded' }), 409, 'ALREADY_DECIDED', [])
    expectProblem(await decide({ state: 'rejected' }), 409, 'ALREADY_DECIDED', [])
    expectProblem(await decide({ expiresInSeconds: -1 }), 409, 'ACTION_EXPIRED', [])
    expectProblem(await decide({ requestedBy: 'ada' }), 403, 'REQUESTER_MAY_NOT_DECIDE', [])
    expectProblem(await decide({}, word('b'.repeat(64))), 409, 'STATE_NOT_AS_SHOWN', ['stateDigest'])
    expectProblem(await decide({}, word(), KEYS.eve), 403, 'ROLE_NEEDED', [])
    expect((await pool.query('SELECT FROM decisions')).rowCount).toBe(0)
    expect((await pool.query(`SELECT FROM actions WHERE state = 'approved'`)).rowCount).toBe(0)
  })

  it('affects no later request: a valid alert with unknown fields is then accepted', async () => {
    const news = { brandNew: { a: [1] }, truncatedAlerts: 0, receiver: 'syntra' }
    const body = webhook([{ ...good, shiny: true, generatorURL: 'http://x' }], news)
    expect((await send('POST', '/v1/alerts', WEBHOOK_TOKEN, body)).status).toBe(202)
    expect((await pool.query(`SELECT FROM alerts WHERE name = 'A'`)).rowCount).toBe(1)
    expect(api.said.err).toBe('')
    expect(api.said.out).not.toMatch(/"level":"(?:error|fatal)"/)
  })
})

describe('a Prometheus that does not answer', () => {
  it('is reported as unread with the reason, and the investigation completes', async () => {
    const syntra = createSyntraClient(api.url)
    const page = await syntra.until('/v1/incidents', body =>
      body.incidents?.some(
        (incident: { service: string; investigation: { state: string } }) =>
          incident.service === 'core' && incident.investigation?.state === 'done',
      ),
    )
    const incident = page.incidents.find((listed: { service: string }) => listed.service === 'core')
    const { body } = await syntra.get(`/v1/investigations/${incident.investigation.id}`)
    expect(body).toMatchObject({ outcome: 'inconclusive', failure: null })
    expect(body.reads.answered).toBeGreaterThan(10)
    expect(body.reads.couldNotRead).toBe(body.reads.answered)
    const unread = body.verdict.unread.map((lack: { reason: string }) => lack.reason).join('\n')
    expect(unread).toMatch(/prometheus .*(?:reach|answer)/i)
    expect(unread).not.toMatch(STACK)
    expect(body.verdict.causes).toEqual([])
    expect(worker.said.err).toBe('')
  })
})

type Answer = { status: number; text: string; type: string }

async function send(method: string, path: string, key: string, body: string, headers = {}): Promise<Answer> {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: method === 'GET' ? undefined : body,
  })
  return {
    status: response.status,
    text: await response.text(),
    type: response.headers.get('content-type') ?? '',
  }
}

function expectProblem(
  { status, text, type }: Answer,
  wanted: number,
  code: string | RegExp,
  fields: string[],
) {
  expect(text).not.toMatch(STACK)
  const problem = JSON.parse(text)
  expect({ status, type }).toEqual({
    status: wanted,
    type: expect.stringContaining('application/problem+json'),
  })
  expect(problem).toMatchObject({
    status: wanted,
    title: expect.stringMatching(/\w/),
    detail: expect.stringMatching(/\w/),
  })
  expect(problem.code).toMatch(code)
  const named = (problem.fields ?? []).map((field: { field: string }) => field.field)
  expect(named).toEqual(expect.arrayContaining(fields))
  for (const field of problem.fields ?? []) expect(field.expected).toMatch(/\w/)
}
