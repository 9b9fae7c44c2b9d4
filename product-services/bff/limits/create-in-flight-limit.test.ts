import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrowser } from '../testing/browser.ts'
import { startProduct, type TestProduct } from '../testing/start-product.ts'

type Browser = ReturnType<typeof createBrowser>

let product: TestProduct

beforeAll(async () => {
  product = await startProduct()
})
afterAll(async () => {
  await product.stop()
})

// A service that holds every answer until the test releases them.
async function startHeldService(body: unknown) {
  const held: ServerResponse[] = []
  const state = { isHolding: true, received: 0 }
  const answer = (response: ServerResponse) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  const server = createServer((_request, response) => {
    state.received += 1
    if (state.isHolding) held.push(response)
    else answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => state.received,
    release() {
      state.isHolding = false
      for (const response of held.splice(0)) answer(response)
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Sends the same request several times over one connection, without waiting for answers. */
async function sendOver(address: string, page: Browser, path: string, times = 1): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const request = `GET ${path} HTTP/1.1\r\nhost: a\r\ncookie: ${cookie}\r\n\r\n`
  await new Promise(resolve => socket.write(request.repeat(times), resolve))
  return socket
}

/** Resolves once a BFF has noticed which connections have been closed: a busy one answers a request over a new connection later. */
async function noticed(address: string) {
  await delay(100)
  expect((await fetch(`${address}/livez`)).status).toBe(200)
}

function copyTo(address: string, page: Browser): Browser {
  const other = createBrowser(address)
  for (const [name, value] of page.cookies) other.cookies.set(name, value)
  return other
}

test('a person who closes pages again and again is still answered', async () => {
  const { page } = await product.signedIn()
  const { address } = product.bff
  for (let round = 0; round < 7; round++) {
    const sockets = await Promise.all(
      Array.from({ length: 30 }, () => sendOver(address, page, '/bff/v1/timer')),
    )
    for (const socket of sockets) socket.destroy()
    // Requests in a queue on one connection, of which only the first has its turn.
    const queued = await sendOver(address, page, '/bff/v1/timer', 20)
    queued.destroy()
  }
  // Core may still work on the last ones.
  const statuses = async () =>
    (await Promise.all(Array.from({ length: 24 }, () => page.get('/bff/v1/timer')))).map(
      ({ status }) => status,
    )
  await expect.poll(statuses, { timeout: 15_000 }).toEqual(Array(24).fill(200))
})

test('requests whose client goes away while auth hangs take no place, and core does not hear of them', async () => {
  const { page } = await product.signedIn()
  const [auth, core] = [await startHeldService({ state: 'active' }), await startHeldService({ entry: null })]
  core.release()
  const bff = await product.startBff({ AUTH_URL: auth.url, CORE_URL: core.url })
  try {
    const sockets = await Promise.all(
      Array.from({ length: 60 }, () => sendOver(bff.address, page, '/bff/v1/timer')),
    )
    await expect.poll(auth.received).toBeGreaterThan(0)
    for (const socket of sockets) socket.destroy()
    await noticed(bff.address)
    auth.release()
    const other = copyTo(bff.address, page)
    const answers = await Promise.all(Array.from({ length: 24 }, () => other.get('/bff/v1/timer')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(core.received()).toBe(24)
  } finally {
    await bff.stop()
    auth.stop()
    core.stop()
  }
})

test('a request that core is still working on keeps its place when its client goes away', async () => {
  const { page } = await product.signedIn()
  const core = await startHeldService({ entry: null })
  const bff = await product.startBff({ CORE_URL: core.url })
  try {
    const sockets = await Promise.all(
      Array.from({ length: 24 }, () => sendOver(bff.address, page, '/bff/v1/timer')),
    )
    await expect.poll(core.received).toBe(24)
    for (const socket of sockets) socket.destroy()
    await noticed(bff.address)
    const other = copyTo(bff.address, page)
    expect((await other.get('/bff/v1/timer')).status).toBe(429)
    core.release()
    await expect.poll(async () => (await other.get('/bff/v1/timer')).status).toBe(200)
  } finally {
    await bff.stop()
    core.stop()
  }
})
