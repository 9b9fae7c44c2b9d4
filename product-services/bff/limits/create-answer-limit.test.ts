import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowser } from '../testing/browser.ts'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

type Browser = ReturnType<typeof createBrowser>

const LARGE = Buffer.from(JSON.stringify({ items: ['x'.repeat(12 * 1_048_576)], next: null }))
const SMALL = JSON.stringify({ entry: null })

let product: TestProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  await product.stop()
})

/** A core whose lists are as long as a page of control characters is as JSON. */
async function startWordyCore() {
  const server = createServer((request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(request.url?.startsWith('/v1/tasks') ? LARGE : SMALL),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Asks for a long list and reads only the status of the answer. */
async function askAndLeave(address: string, page: Browser) {
  const { hostname, port } = new URL(address)
  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  socket.write(`GET /bff/v1/tasks?limit=200 HTTP/1.1\r\nhost: a\r\ncookie: ${cookie}\r\n\r\n`)
  await once(socket, 'readable')
  return {
    status: String(socket.read(12)).slice(9),
    destroy: () => socket.destroy(),
    /** Resolves once the connection is closed. */
    readOn: () => new Promise(resolve => socket.once('close', resolve).resume()),
  }
}

function copyTo(address: string, page: Browser): Browser {
  const other = createBrowser(address)
  for (const [name, value] of page.cookies) other.cookies.set(name, value)
  return other
}

test('answers that a person does not read use up their own quota and nobody else’s, and are ended in the end', async () => {
  const core = await startWordyCore()
  const bff = await product.startBff({ CORE_URL: core.url })
  const [idle, other] = await Promise.all([product.signedIn(), product.signedIn()])
  const [own, others] = [copyTo(bff.address, idle.page), copyTo(bff.address, other.page)]
  const first = await askAndLeave(bff.address, idle.page)
  const left = await Promise.all(Array.from({ length: 23 }, () => askAndLeave(bff.address, idle.page)))
  try {
    expect([first, ...left].map(({ status }) => status)).toEqual(['200', ...left.map(() => '429')])
    const refused = await own.get('/bff/v1/tasks?limit=200')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_ANSWERS' })
    // What is small is answered all the same.
    expect((await own.get('/bff/v1/timer')).status).toBe(200)
    expect((await others.get('/bff/v1/tasks?limit=200')).status).toBe(200)
    const again = async () => (await own.get('/bff/v1/tasks?limit=200')).status
    await expect.poll(again, { timeout: 40_000, interval: 1_000 }).toBe(200)
    const metrics = await (await fetch(`${bff.metricsAddress}/metrics`)).text()
    expect(metrics.match(/^goalixa_.*(?:status="5|outcome="(?!ok)).*$/gm)).toBeNull()
  } finally {
    for (const { destroy } of [first, ...left]) destroy()
    await bff.stop()
    core.stop()
  }
}, 90_000)

test('answers that many people do not read make room for others, the oldest first', async () => {
  const core = await startWordyCore()
  const bff = await product.startBff({ CORE_URL: core.url })
  const me = await product.signedIn()
  const people = await Promise.all(Array.from({ length: 6 }, () => product.signedIn()))
  const left: Awaited<ReturnType<typeof askAndLeave>>[] = []
  try {
    for (const { page } of people) left.push(await askAndLeave(bff.address, page))
    expect(left.map(({ status }) => status)).toEqual(left.map(() => '200'))
    expect((await copyTo(bff.address, me.page).get('/bff/v1/tasks?limit=200')).status).toBe(200)
    await left[0]?.readOn()
  } finally {
    for (const { destroy } of left) destroy()
    await bff.stop()
    core.stop()
  }
}, 60_000)
