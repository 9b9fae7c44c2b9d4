import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SyncRequest } from '@goalixa/core/sync/sync.schema'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApi } from './api.ts'

const REQUEST: SyncRequest = { attempt: 1, clientId: 'laptop', cursor: 0, ops: [], schema: 1 }

let answer = { status: 200, type: 'text/html', body: '' }
const server = createServer((_request, response) => {
  response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
})
let origin: string
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const problem = { code: 'INVALID_INPUT', detail: 'Some fields are invalid.' }
const fields = [{ field: 'ops.0.seq', expected: 'a number' }]

it.each([
  [401, '', { kind: 'signed-out' }],
  [408, '', { kind: 'unavailable' }],
  [429, JSON.stringify({ code: 'TOO_MANY' }), { kind: 'unavailable' }],
  [
    429,
    JSON.stringify({ code: 'TOO_MANY_BYTES', detail: 'Too much is being uploaded.' }),
    { kind: 'unavailable' },
  ],
  [502, '<h1>Bad gateway</h1>', { kind: 'unavailable' }],
  [
    413,
    '<h1>Too large</h1>',
    { kind: 'unprocessable', code: 'TOO_LARGE', reason: 'The change is larger than the server accepts.' },
  ],
  [
    400,
    JSON.stringify(problem),
    { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'Some fields are invalid.' },
  ],
  [
    400,
    JSON.stringify({ ...problem, fields }),
    { kind: 'unprocessable', code: 'INVALID_INPUT', reason: 'ops.0.seq: a number.' },
  ],
  [400, '<h1>Bad request</h1>', { kind: 'rejected', reason: expect.stringContaining('status 400') }],
  [400, 'null', { kind: 'rejected', reason: expect.stringContaining('status 400') }],
  [
    403,
    JSON.stringify({ code: 'FOREIGN_REQUEST', detail: 'Another site.' }),
    { kind: 'rejected', reason: 'Another site.' },
  ],
  [404, '', { kind: 'rejected', reason: expect.stringContaining('status 404') }],
])('an answer %i with the body %s to a sync', async (status, body, result) => {
  const type = body.startsWith('{') ? 'application/problem+json' : 'text/html'
  answer = { status, type, body }
  const api = createApi({ fetch: (path, init) => fetch(`${origin}${String(path)}`, init) })
  expect(await api.sync('anna', REQUEST, new AbortController().signal)).toEqual(result)
})
