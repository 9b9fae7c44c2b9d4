import net from 'node:net'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createLog } from '@goalixa/chassis/log'
import type { Endpoint } from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Service } from '@goalixa/emulators-shared/kubernetes/objects'
import { eventually } from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterEach, expect, test } from 'vitest'
import { createServiceProxy } from './create-service-proxy.ts'

const CLUSTER_IP = '127.252.0.1'
const NODE_IP = '127.252.0.2'
const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** Starts a server that sends its name and then echoes. */
async function serve(name: string, port = 0): Promise<number> {
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    socket.write(`${name}:`)
    socket.pipe(socket)
    socket.on('error', () => {})
  })
  cleanups.push(() => server.close())
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function startProxy(endpoints: Endpoint[]) {
  const port = await findFreePort()
  const service: Service = {
    metadata: { name: 'core', namespace: 'shop', uid: 's', resourceVersion: '1' },
    spec: { clusterIP: CLUSTER_IP, ports: [{ name: 'http', port, nodePort: port }] },
  }
  const directory = { service: () => service, endpointsOf: () => endpoints }
  const proxy = createServiceProxy({
    directory,
    nodeIp: NODE_IP,
    log: createLog({ service: 'proxy', level: 'silent' }),
  })
  cleanups.push(proxy.stop)
  const sync = () => proxy.sync('shop', 'core')
  sync()
  return { sync, talk: (text: string, host = CLUSTER_IP) => talk(host, port, text) }
}

function talk(host: string, port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host)
    let received = ''
    socket.on('data', chunk => {
      received += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
    socket.end(text)
  })
}

const endpoint = (port: number, isReady = true): Endpoint => ({
  portName: 'http',
  address: '127.0.0.1',
  port,
  isReady,
})

test('distributes connections over the ready endpoints, and preserves half-closed streams', async () => {
  const ports = await Promise.all([serve('a'), serve('b'), serve('c')])
  const { talk } = await startProxy([endpoint(ports[0]), endpoint(ports[1]), endpoint(ports[2], false)])
  const text = 'x'.repeat(300_000)
  const received = [await talk(text), await talk(text)]
  expect(received.toSorted()).toEqual([`a:${text}`, `b:${text}`])
})

test("a node port forwards to the same endpoints at the node's address", async () => {
  const { talk } = await startProxy([endpoint(await serve('a'))])
  expect(await talk('hello', NODE_IP)).toBe('a:hello')
})

test('the port is closed without ready endpoints, and opens when one becomes ready', async () => {
  const endpoints = [endpoint(await serve('a'), false)]
  const { sync, talk } = await startProxy(endpoints)
  await expect(talk('hello')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  endpoints.splice(0, 1, { ...endpoint(endpoints[0]?.port ?? 0), isReady: true })
  sync()
  expect(await talk('hello')).toBe('a:hello')
})

test('connections to a ready endpoint that does not listen are refused until it listens', async () => {
  const port = await findFreePort()
  const { talk } = await startProxy([endpoint(port)])
  await expect(talk('hello')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await eventually(() =>
    talk('hello').then(
      () => false,
      error => error.code === 'ECONNREFUSED',
    ),
  )
  await serve('late', port)
  expect(await eventually(() => talk('hello'))).toBe('late:hello')
})
