import { randomUUID } from 'node:crypto'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createErrorCheck } from './testing/error-check.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { startSyntra, type TestSyntra } from './testing/start-syntra.ts'
import { KEYS, WEBHOOK_TOKEN } from './testing/test-config.ts'

type Route = { method: string; path: string; query: string[]; takesBody: boolean; key: string }

let postgres: TestPostgres
let syntra: TestSyntra
let routes: Route[]
let checkError: ReturnType<typeof createErrorCheck>

beforeAll(async () => {
  postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase()
  syntra = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies('http://127.0.0.1:1'),
    worker: false,
  })
  checkError = createErrorCheck(syntra.url)
  const { paths } = (await syntra.get('/openapi.json')).body
  routes = Object.entries<Record<string, Described>>(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      method: method.toUpperCase(),
      path: path.replace('{evidence}', 'E1').replaceAll(/\{\w+\}/g, () => randomUUID()),
      query: (described.parameters ?? []).flatMap(parameter =>
        parameter.in === 'query' ? parameter.name : [],
      ),
      takesBody: described.requestBody !== undefined,
      key: path === '/v1/alerts' ? WEBHOOK_TOKEN : KEYS.root,
    })),
  )
})
afterAll(async () => {
  await syntra.stop()
  await postgres.stop()
})

type Described = { parameters?: { in: string; name: string }[]; requestBody?: unknown }

async function ask(
  { method, path, key }: Route,
  { body, headers = {} }: { body?: string; headers?: object } = {},
) {
  const response = await fetch(syntra.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
  })
  const text = await response.text()
  // Every failure is a problem document with a code and a message, and reveals no internals.
  expect(text).not.toMatch(/^\s+at |node_modules|\.ts:\d+|SELECT |syntax/m)
  const problem = response.status < 400 ? {} : JSON.parse(text)
  if (response.status >= 400) {
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(problem).toMatchObject({
      status: response.status,
      code: expect.any(String),
      detail: expect.any(String),
    })
    await checkError(method, path, problem)
  }
  return {
    status: response.status,
    code: problem.code,
    fields: (problem.fields ?? []) as { field: string }[],
  }
}

test('every route rejects a missing, wrong, foreign or malformed token', async () => {
  expect(routes.length).toBeGreaterThan(12)
  for (const route of routes)
    for (const authorization of [
      '',
      'Bearer',
      'Bearer not-a-key-of-anybody',
      'Basic YTpi',
      'Bearer a.b.c',
      'Bearer \u00e9',
    ])
      expect(await ask(route, { headers: { authorization } })).toMatchObject({ status: 401 })
})

test('every route with a body rejects one that is not JSON, truncated, too large or of another type, with the reason', async () => {
  const taking = routes.filter(route => route.takesBody)
  expect(taking.map(({ path }) => path.split('/')[2]).toSorted()).toEqual([
    'actions',
    'alerts',
    'investigations',
  ])
  const deep = `${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`
  for (const route of taking) {
    for (const body of ['{"a":', '', 'null', '"text"', '7', deep, '{}', '{"__proto__":{"a":1}}', '\u0000'])
      expect(await ask(route, { body })).toMatchObject({
        status: 400,
        fields: expect.arrayContaining([{ field: expect.any(String), expected: expect.any(String) }]),
      })
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])
      expect(await ask(route, { body: '{}', headers: { 'content-type': type } })).toMatchObject({
        status: 415,
        fields: [{ field: 'content-type' }],
      })
    expect(await ask(route, { body: `"${'x'.repeat(9_000_000)}"` })).toMatchObject({ status: 413 })
  }
})

test('every route survives any text as a parameter, and names the one that is invalid', async () => {
  const odd = [
    '%00',
    '%ED%A0%80',
    '-1',
    '0',
    '1e400',
    'NaN',
    "'%3B%20DROP%20TABLE%20alerts",
    '%F0%9F%92%A5',
    'x'.repeat(5_000),
  ]
  for (const route of routes.filter(route => route.method === 'GET'))
    for (const name of [...route.query, 'no_such_parameter'])
      for (const value of odd) {
        const { status, fields } = await ask({ ...route, path: `${route.path}?${name}=${value}` })
        expect([200, 400, 404], `${route.path}?${name}=${value}`).toContain(status)
        if (status === 400 && name !== 'no_such_parameter') expect(fields[0]?.field).toBe(name)
      }
})

test('every route with an id rejects an invalid one, and answers 404 to an unknown one', async () => {
  for (const route of routes.filter(route => /[0-9a-f-]{36}/.test(route.path) && route.method === 'GET')) {
    expect(await ask(route)).toMatchObject({ status: 404 })
    for (const id of ['%00', 'x', '..%2f..%2fetc', '0'.repeat(36)]) {
      const { status, fields } = await ask({ ...route, path: route.path.replace(/[0-9a-f-]{36}/, id) })
      expect([status, fields[0]?.field]).toEqual([400, 'id'])
    }
  }
})

test('a stream with an invalid Last-Event-ID starts at the beginning', async () => {
  await syntra.deliver([{}])
  const { incidents } = (await syntra.get('/v1/incidents')).body
  for (const last of ['garbage', '-1', '9'.repeat(40), '1; DROP TABLE timeline', '0x10']) {
    const leave = new AbortController()
    const response = await fetch(`${syntra.url}/v1/incidents/${incidents[0].id}/stream`, {
      headers: { authorization: `Bearer ${KEYS.eve}`, 'last-event-id': last },
      signal: leave.signal,
    })
    expect(response.status).toBe(200)
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes('incident-opened')) break
    }
    leave.abort()
    expect(text).toContain('event: incident-opened')
  }
})
