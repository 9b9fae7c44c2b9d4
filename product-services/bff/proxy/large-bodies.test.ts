import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowser } from '../testing/browser.ts'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

let product: TestProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  await product.stop()
})

type Page = ReturnType<typeof createBrowser>

function send(page: Page, path: string, body: string, headers: Record<string, string> = {}) {
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return fetch(`${product.bff.address}${path}`, {
    method: 'POST',
    headers: { 'x-gx': '1', 'content-type': 'application/json', cookie, ...headers },
    body,
  })
}

/** Begins a sync of so many bytes, and sends only as much of it as it is told to. */
async function beginSync(page: Page, bytes: number) {
  const { hostname, port } = new URL(product.bff.address)
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const socket = connect(Number(port), hostname)
  const answer = new Promise<string>(resolve => socket.once('data', data => resolve(data.toString('latin1'))))
  socket.on('error', () => {})
  const write = (text: string) => new Promise<void>(resolve => socket.write(text, () => resolve()))
  const headers = `host: a\r\nx-gx: 1\r\ncookie: ${cookie}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}`
  await write(`POST /bff/sync HTTP/1.1\r\n${headers}\r\n\r\n`)
  return { answer, write, destroy: () => socket.destroy() }
}

/** Sends only the head of a request and returns the status of its answer. */
function sendHead(path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(product.bff.address)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\n${lines.join('')}\r\n`),
    )
    socket.on('error', reject)
    socket.once('data', data => {
      resolve(data.toString('latin1').slice(9, 12))
      socket.destroy()
    })
  })
}

async function errorsOf(service: { metricsAddress: string }): Promise<string[]> {
  const metrics = await (await fetch(`${service.metricsAddress}/metrics`)).text()
  return metrics.match(/^goalixa_.*(?:status="5|outcome="(?!ok)).*$/gm) ?? []
}

test('nobody without a session makes the BFF receive a body', async () => {
  const upload = { 'content-type': 'application/json', 'content-length': '8000000' }
  for (const path of ['/bff/sync', '/bff/v1/tasks', '/bff/auth/password']) {
    expect(await sendHead(path, { ...upload, 'x-gx': '1' })).toBe('401')
    expect(await sendHead(path, upload)).toBe('403')
  }
  for (const path of ['/bff/auth/login', '/bff/auth/register', '/bff/auth/logout'])
    expect(await sendHead(path, { ...upload, 'content-length': '20000', 'x-gx': '1' })).toBe('413')
})

test('a body of millions of values is refused before it is parsed, with the limit', async () => {
  const { page } = await product.signedIn()
  for (const body of [`[${'{},'.repeat(2_000_000)}{}]`, `{"ops":[${'1,'.repeat(200_000)}1]}`]) {
    const answer = await send(page, '/bff/sync', body)
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: 'TOO_MANY_VALUES',
      fields: [{ field: '(body)', expected: expect.stringContaining('100,000') }],
    })
  }
})

test('a body reaches core byte for byte, so that numbers do not outgrow the limit on the way', async () => {
  const { page } = await product.signedIn()
  const received: string[] = []
  const spy = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      received.push(text)
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>(resolve => spy.listen(0, '127.0.0.1', resolve))
  const bff = await product.startBff({ CORE_URL: `http://127.0.0.1:${(spy.address() as AddressInfo).port}` })
  try {
    const body = '{ "a": 1e20, "b": 0.10, "c": "\\u00e9é", "a": 2 }'
    const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    await fetch(`${bff.address}/bff/v1/tasks`, {
      method: 'POST',
      headers: { 'x-gx': '1', 'content-type': 'application/json', cookie },
      body,
    })
    expect(received).toEqual([body])
  } finally {
    await bff.stop()
    spy.close()
  }
})

test('what grows when it is written again is refused as the client’s fault, and counts as nobody’s error', async () => {
  const { page } = await product.signedIn()
  const numbers = Array.from({ length: 90_000 }, () => '1e20').join()
  for (const [path, body] of [
    ['/bff/v1/tasks', `{"name":"x","note":[${numbers}]}`],
    ['/bff/v1/tasks', `{"name":"x","note":"${'x'.repeat(1_048_540)}"}`],
    ['/bff/sync', `{"ops":[${numbers}],"padding":"${'x'.repeat(7_900_000)}"}`],
  ] as const)
    expect((await send(page, path, body)).status).toBe(400)
  expect((await send(page, '/bff/v1/tasks', `{"note":"${'x'.repeat(1_048_576)}"}`)).status).toBe(413)
  for (const service of [product.bff, product.core]) expect(await errorsOf(service)).toEqual([])
})

test('a URL that grows when it is encoded is measured as core receives it', async () => {
  const { page } = await product.signedIn()
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const path = `/bff/v1/timer/start?${'"'.repeat(7_900)}`
  expect(await sendHead(path, { 'x-gx': '1', cookie, 'content-length': '0' })).toBe('400')
  for (const service of [product.bff, product.core]) expect(await errorsOf(service)).toEqual([])
})

test('headers just under the limit are passed on only as far as auth needs them', async () => {
  const { page } = await product.signedIn()
  const wide = 'x'.repeat(15_700)
  const login = (headers: Record<string, string>) =>
    product.newBrowser().post('/bff/auth/login', { email: 'a@example.com', password: 'wrong' }, headers)
  expect((await login({ 'user-agent': wide })).status).toBe(401)
  expect((await login({ 'x-forwarded-for': wide })).status).toBe(401)
  page.cookies.delete('gx_at')
  expect((await page.get('/bff/v1/tasks', { 'x-forwarded-for': wide.slice(200) })).status).toBe(200)
  // Core receives other headers besides, and would close the connection of what fitted here.
  page.cookies.delete('gx_rt')
  for (const [method, path, headers, status] of [
    ['GET', `/bff/v1/tasks?a=${wide.slice(1_000)}`, {}, 400],
    ['GET', '/bff/v1/tasks', { accept: wide.slice(700) }, 200],
    ['POST', '/bff/sync', { 'content-type': `application/json; x=${wide.slice(700)}` }, 400],
    ['PATCH', '/bff/v1/tasks/01890000-0000-7000-8000-000000000001', { 'if-match': wide.slice(700) }, 400],
  ] as const) {
    const body = method === 'GET' ? undefined : { padding: 'x'.repeat(1_000_000) }
    const answer = await page.request(method, path, body, headers)
    expect([path.slice(0, 20), answer.status]).toEqual([path.slice(0, 20), status])
  }
  for (const service of [product.bff, product.core, product.auth]) expect(await errorsOf(service)).toEqual([])
})

test('twenty-four syncs of 8 MB at once are taken a few at a time, and all are stored in the end', async () => {
  const { page } = await product.signedIn()
  const refusals = new Set<string>()
  const statuses: number[] = []
  async function sync(index: number): Promise<number> {
    const { body } = syncOf(index)
    for (let attempt = 0; attempt < 60; attempt++) {
      const answer = await send(page, '/bff/sync', body)
      statuses.push(answer.status)
      const received = (await answer.json()) as { code?: string; acks?: number[] }
      if (answer.status === 200) return received.acks?.length ?? 0
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
      refusals.add(received.code ?? '')
      await delay(1_000)
    }
    throw new Error(`Sync ${index} was never taken.`)
  }
  const acks = await Promise.all(Array.from({ length: 24 }, (_, index) => sync(index)))
  expect(acks).toEqual(acks.map(() => 1))
  expect([...refusals]).toEqual(['TOO_MANY_BYTES'])
  expect(((await page.get('/bff/v1/tasks')).body as { items: unknown[] }).items).toHaveLength(24)
  for (const service of [product.bff, product.core]) expect(await errorsOf(service)).toEqual([])
}, 120_000)

test('people who declare large bodies and send none, or send large ones without their end, keep nobody from synchronising', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => product.signedIn()))
  const [me, ...others] = people.map(({ page }) => page)
  if (me === undefined) throw new Error('Nobody is signed in.')
  const uploads = await Promise.all(
    [8_000_000, 4_550_000].flatMap(bytes => others.map(page => beginSync(page, bytes))),
  )
  try {
    await delay(500)
    const sync = async (index: number, bytes?: number) =>
      (await send(me, '/bff/sync', syncOf(index, bytes).body)).status
    expect(await sync(30)).toBe(200)
    await Promise.all(uploads.slice(0, 4).map(upload => upload.write(' '.repeat(7_999_999))))
    // What the app sends has room of its own, and for a large body those that take long make room.
    expect(await sync(31, 262_500)).toBe(200)
    await expect.poll(() => sync(32), { timeout: 30_000 }).toBe(200)
  } finally {
    for (const upload of uploads) upload.destroy()
  }
}, 60_000)

// The browser gets the new cookies only with the answer. Auth takes the old ones for stolen a minute later.
test('a slow body of a session that had to be renewed is ended after eight seconds, with the new cookies; any other is received', async () => {
  const { page } = await product.signedIn()
  const expired = createBrowser(product.bff.address)
  for (const [name, value] of page.cookies) if (name !== 'gx_at') expired.cookies.set(name, value)
  const { body } = syncOf(40, 300_000)
  const [valid, renewed] = await Promise.all([page, expired].map(browser => beginSync(browser, body.length)))
  if (valid === undefined || renewed === undefined) throw new Error('No upload was begun.')
  const isOver = await Promise.race([
    renewed.answer.then(() => true),
    sendSlowly(body, async part => {
      await Promise.all([valid.write(part), renewed.write(part)])
    }).then(() => false),
  ])
  expect(isOver).toBe(true)
  const answer = await renewed.answer
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(answer).toMatch(/^set-cookie: gx_at=.+$/im)
  expect(answer).toMatch(/^set-cookie: gx_rt=.+$/im)
  expect(await valid.answer).toMatch(/^HTTP\/1.1 200 /)
}, 60_000)

/** Sends a body over twelve seconds. */
async function sendSlowly(body: string, write: (part: string) => Promise<void>) {
  const size = Math.ceil(body.length / 24)
  for (let start = 0; start < body.length; start += size) {
    await write(body.slice(start, start + size))
    await delay(500)
  }
}

/** A sync of a device of its own with one new task, in a body of so many bytes. */
function syncOf(index: number, bytes = 7_990_000) {
  const clientId = `device${index}`
  const id = `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`
  const stamp = { ms: Date.now(), counter: 0, clientId }
  const op = {
    seq: 1,
    group: 'g',
    entity: 'tasks',
    id,
    field: 'name',
    value: `Task ${index}`,
    stamp,
    base: null,
  }
  const request = { attempt: 1, clientId, cursor: 0, ops: [op], schema: 1 }
  const text = JSON.stringify(request)
  // White space counts as bytes, and is not part of any field.
  return { body: text.padEnd(bytes, ' ') }
}
