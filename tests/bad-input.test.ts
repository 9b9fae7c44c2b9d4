import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { createSyntraClient } from '@goalixa/syntra/testing/syntra-client'
import { KEYS, WEBHOOK_TOKEN } from '@goalixa/syntra/testing/test-config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIGEST, insertAction } from './insert-action.ts'
import { killProcesses, runProcess } from './run-process.ts'

const API = [process.execPath, 'syntra/api.ts']
const WORKER = [process.execPath, 'syntra/worker.ts']
const STACK = /^\s+at |node_modules|file:\/\/|\.ts:\d+/m
const NOBODY = '01900000-0000-7000-8000-000000000000'
const LIMIT = 20_000

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'))
let postgres: TestPostgres
let settings: Record<string, string>
let api: ReturnType<typeof runProcess>
let worker: ReturnType<typeof runProcess>
let url: string
let pool: Pool

beforeAll(async () => {
  postgres = await startPostgres()
  settings = {
    DATABASE_URL: await postgres.createDatabase(),
    PORT: '0',
    METRICS_PORT: '0',
    SYNTRA_WEBHOOK_TOKEN: WEBHOOK_TOKEN,
    SYNTRA_WEBHOOK_BODY_LIMIT: String(LIMIT),
    SYNTRA_BOOTSTRAP_KEYS: `ada:operator:${KEYS.ada},bob:operator:${KEYS.bob},eve:viewer:${KEYS.eve}`,
    // Nobody listens there.
    PROMETHEUS_URL: 'http://127.0.0.1:1',
  }
  api = runProcess(API, settings)
  url = String((await api.says(/"address":"([^"]+)"/))[1])
  worker = runProcess(WORKER, settings)
  pool = createPool({ url: settings.DATABASE_URL ?? '', name: 'test' })
}, 60_000)
afterAll(async () => {
  await pool.end()
  await Promise.all([api.stop(), worker.stop()])
  killProcesses()
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

const alert = { status: 'firing', labels: { alertname: 'A', namespace: 'shop', service: 'core' } }
const good = { ...alert, startsAt: '2026-11-21T10:00:00Z' }
const webhook = (alerts: unknown[], more = {}) => JSON.stringify({ version: '4', alerts, ...more })

describe('a request that is wrong', () => {
  it.each([
    ['a wrong token', webhook([good]), { authorization: 'Bearer wrong' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['no token', webhook([good]), { authorization: '' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['a signature', webhook([good]), { authorization: 'Basic YTpi' }, 401, 'WRONG_WEBHOOK_TOKEN', []],
    ['a large body', webhook([good], { pad: 'x'.repeat(LIMIT) }), {}, 413, /TOO_LARGE/, ['(body)']],
    ['half a body', '{"version": "4", "ale', {}, 400, /JSON/, ['(body)']],
    ['no body', '', {}, 400, /EMPTY/, ['(body)']],
    [
      'a form',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /MEDIA/,
      ['content-type'],
    ],
    ['a list', '[]', {}, 400, 'INVALID_INPUT', ['(body)']],
    ['foreign JSON', '{"zen":"Keep it logically awesome."}', {}, 400, 'INVALID_INPUT', ['version', 'alerts']],
    ['an old version', webhook([good], { version: '3' }), {}, 400, 'INVALID_INPUT', ['version']],
    ['no name', webhook([{ ...good, labels: {} }]), {}, 400, 'INVALID_INPUT', ['alerts.0.labels']],
    ['no time', webhook([good, alert]), {}, 400, 'INVALID_INPUT', ['alerts.1.startsAt']],
  ])('is answered with what was expected: an alert with %s', async (...one) => {
    const [_name, body, headers, status, code, fields] = one
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
  ])('is answered with what was expected: %s %s', async (...one) => {
    const [method, path, key, body, status, code, fields] = one
    expectProblem(await send(method, path, key, body), status, code, fields)
  })

  it('is refused for a decision that comes too late, from who asked for it, or for another state, and decides nothing', async () => {
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

  it('takes nothing with it: after all of these a good alert, with fields nobody knows yet, is taken', async () => {
    const news = { brandNew: { a: [1] }, truncatedAlerts: 0, receiver: 'syntra' }
    const body = webhook([{ ...good, shiny: true, generatorURL: 'http://x' }], news)
    expect((await send('POST', '/v1/alerts', WEBHOOK_TOKEN, body)).status).toBe(202)
    expect((await pool.query(`SELECT FROM alerts WHERE name = 'A'`)).rowCount).toBe(1)
    expect(api.said.err).toBe('')
    expect(api.said.out).not.toMatch(/"level":"(?:error|fatal)"/)
  })
})

describe('a Prometheus that does not answer', () => {
  it('is said to be unread, with the reason, and ends the investigation in order', async () => {
    const syntra = createSyntraClient(url)
    const page = await syntra.until('/v1/incidents', body =>
      body.incidents?.some(
        (one: { service: string; investigation: { state: string } }) =>
          one.service === 'core' && one.investigation?.state === 'done',
      ),
    )
    const incident = page.incidents.find((one: { service: string }) => one.service === 'core')
    const { body } = await syntra.get(`/v1/investigations/${incident.investigation.id}`)
    expect(body).toMatchObject({ outcome: 'unknown', failure: null })
    expect(body.reads.answered).toBeGreaterThan(10)
    expect(body.reads.couldNotRead).toBe(body.reads.answered)
    const unread = body.verdict.unread.map((one: { reason: string }) => one.reason).join('\n')
    expect(unread).toMatch(/prometheus .*(?:reach|answer)/i)
    expect(unread).not.toMatch(STACK)
    expect(body.verdict.causes).toEqual([])
    expect(worker.said.err).toBe('')
  })
})

describe('a setting that is wrong', () => {
  it('is told with all others at the start, what was expected of each, and no secret', async () => {
    const bad = {
      DATABASE_URL: 'mysql://root:hunter2@db/syntra',
      PORT: 'eighty',
      METRICS_PORT: '99999',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'localhost',
      PROMETHEUS_URL: 'prometheus:9090',
      SYNTRA_WEBHOOK_TOKEN: 'short',
      SYNTRA_BOOTSTRAP_KEYS: 'ada:king:hunter2-and-more-characters',
      SYNTRA_FREEZE_WINDOWS: 'christmas',
      KUBECONFIG: join(folder, 'no-such-file'),
    }
    for (const command of [API, WORKER]) {
      const { code, err, out } = await runProcess(command, bad).ended
      expect(code).toBe(1)
      for (const name of Object.keys(bad)) expect(err).toContain(name)
      expect(err).toContain('expected postgres://user:password@host:port/database')
      expect(err).not.toMatch(STACK)
      expect(err + out).not.toContain('hunter2')
    }
  }, 30_000)

  it.each([
    ['no YAML', '{{{', 'YAML with "clusters"'],
    ['another document', 'kind: Pod\nmetadata: { name: x }', 'current-context'],
    ['a cluster that is no address', kubeconfig('db:5432'), 'http:// or https:// address'],
  ])(
    'is a kubeconfig with %s, which is told with the file and what was expected',
    async (_name, text, words) => {
      const file = join(folder, 'kubeconfig')
      writeFileSync(file, text)
      const { code, err } = await runProcess(API, { ...settings, KUBECONFIG: file }).ended
      expect(code).toBe(1)
      expect(err).toContain('KUBECONFIG')
      expect(err).toContain(file)
      expect(err).toContain(words)
      expect(err).not.toMatch(STACK)
    },
  )

  it('is a database that does not answer or does not know the password, which is told without the password', async () => {
    const wrong = String(settings.DATABASE_URL).replace(/\/\/[^@]+@/, '//nobody:hunter2@')
    for (const DATABASE_URL of ['postgres://u:hunter2@127.0.0.1:1/syntra', wrong]) {
      const { code, err, out } = await runProcess(API, { ...settings, DATABASE_URL }).ended
      expect(code).toBe(1)
      expect(err).toMatch(/database/i)
      expect(err + out).not.toContain('hunter2')
      expect(err).not.toMatch(STACK)
    }
  }, 30_000)
})

describe('bin/syntra', () => {
  it.each([
    ['no such command', ['frobnicate'], 2, /unknown command/],
    ['an unknown option', ['incidents', '--sate', 'open'], 2, /--state/],
    ['a missing option', ['investigate', '--service', 'core'], 2, /--namespace/],
    ['an address that is none', ['--url', 'ftp://x', 'incidents'], 2, /http:\/\/ or https:\/\//],
    ['nobody at the address', ['--url', 'http://127.0.0.1:1', 'incidents'], 1, /does not answer at/],
    ['a wrong key', ['--key', 'no-such-key-at-all', 'incidents'], 1, /key/i],
    ['no incident', ['incident', 'ffffffff'], 1, /No incident begins with/],
    ['an unknown state', ['incidents', '--state', 'burning'], 2, /state: .*open/],
    ['an unknown action', ['approve', NOBODY, '--yes'], 1, /incident|action/i],
    ['no confirmation', ['approve', NOBODY], 1, /incident|action/i],
    ['an object that is none', ['investigate', '-n', 'shop', '--object', 'core'], 2, /Kind\/name/],
    ['no snapshot', ['analyse', '--snapshot', join(folder, 'none.json')], 1, /can not be read/],
  ])('says what is wrong and exits accordingly: %s', async (_name, args, code, words) => {
    const result = await cli(args)
    expect(result.err).toMatch(words)
    expect(result.err).not.toMatch(STACK)
    expect(result.code).toBe(code)
  })

  it('says which field of a snapshot is wrong, and what a file that is no JSON is', async () => {
    const file = join(folder, 'snapshot.json')
    writeFileSync(file, '{"about": {}, "at": 7}')
    const wrong = await cli(['analyse', '--snapshot', file])
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toMatch(/about\.since: .*string/)
    writeFileSync(file, 'PK\u0003\u0004\u001b[2J')
    expect(await cli(['analyse', '--snapshot', file])).toMatchObject({
      code: 2,
      err: expect.stringContaining('is not JSON'),
    })
  })

  it('says so when what it kept of a login is broken, and when something else than Syntra answers', async () => {
    writeFileSync(join(folder, 'login.json'), '{')
    const other = createServer((_request, response) => response.end('<html>\u001b[2J</html>')).listen(
      0,
      '127.0.0.1',
    )
    const port = await new Promise<number>(resolve =>
      other.once('listening', () => resolve((other.address() as { port: number }).port)),
    )
    try {
      const answer = await cli(['--url', `http://127.0.0.1:${port}`, 'incidents'])
      expect(answer.code).toBe(1)
      expect(answer.err).toMatch(/does not speak as Syntra does/)
      expect(answer.err).not.toMatch(STACK)
    } finally {
      other.close()
    }
  })

  it('exits with 0 when all is well', async () => {
    expect(await cli(['health'])).toMatchObject({ code: 0, err: '' })
    expect(await cli(['--json', 'incidents'])).toMatchObject({ code: 0, err: '' })
  })
})

type Answer = { status: number; text: string; type: string }

async function send(method: string, path: string, key: string, body: string, headers = {}): Promise<Answer> {
  const response = await fetch(url + path, {
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
  const told = (problem.fields ?? []).map((one: { field: string }) => one.field)
  expect(told).toEqual(expect.arrayContaining(fields))
  for (const one of problem.fields ?? []) expect(one.expected).toMatch(/\w/)
}

function cli(args: string[]) {
  return runProcess(['bin/syntra', ...args], {
    SYNTRA_URL: url,
    SYNTRA_KEY: KEYS.ada,
    XDG_CONFIG_HOME: folder,
  }).ended
}

function kubeconfig(server: string): string {
  const cluster = { name: 'c', cluster: { server } }
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } }
  return JSON.stringify({
    clusters: [cluster],
    contexts: [context],
    users: [{ name: 'u' }],
    'current-context': 'c',
  })
}
