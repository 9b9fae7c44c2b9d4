import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants, gzipSync } from 'node:zlib'

/** The responses of a hostile or broken system, whatever the request. */
export const HOSTILE_ANSWERS = {
  huge: stream(chunksOf('[{"metadata":{"name":"a"}},', 4_000), 200_000_000),
  endless: stream(chunksOf('{"metadata":{"name":"a"}},', 4_000), Number.POSITIVE_INFINITY),
  'endless spaces': stream(' '.repeat(65_536), Number.POSITIVE_INFINITY),
  'endless error': stream('no '.repeat(20_000), Number.POSITIVE_INFINITY, 500),
  deep: json(`{"items":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`),
  'deep and open': json('{"data":'.repeat(500_000)),
  wide: json(`{${Array.from({ length: 300_000 }, (_, n) => `"key${n}":${n}`).join(',')}}`),
  'many values': json(`[${'[],'.repeat(2_000_000)}[]]`),
  'one long text': json(JSON.stringify('a'.repeat(6_000_000))),
  'one giant object': json(giantObject()),
  'long texts': json(objects(500, { note: 'name: a value b@1.1.1 '.repeat(750) })),
  'control characters': json(objects(20, { note: `["${'\u202e'.repeat(130_000)}"]` })),
  'pages without end': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(`{"metadata":{"continue":"${Math.random()}"},"items":[${namesOf(9_000)}]}`),
  'broken gzip': (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(randomBytes(2_000)),
  'one long number': json('1'.repeat(6_000_000)),
  drip: (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
  },
  silence: () => undefined,
  garbage: json(randomBytes(200_000)),
  html: (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hello</html>'),
  'JSON that is called HTML': (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('{"items":7}'),
  'wrong types': json('{"items":7,"data":[],"status":7,"metadata":null,"message":{}}'),
  'gzip bomb': (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb()),
  reset: (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"items":[', () => response.destroy())
  },
  'redirect to itself': (request, response) =>
    response.writeHead(302, { location: request.url ?? '/' }).end(),
  'endless headers': (_request, response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => response.socket?.write(`x-${'a'.repeat(8_000)}: b\r\n`), 1)
    response.socket?.on('error', () => undefined)
    response.socket?.on('close', () => clearInterval(timer))
  },
} satisfies Record<string, Answer>

export type HostileAnswer = keyof typeof HOSTILE_ANSWERS
type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** Starts a server on loopback that answers every request with the current hostile response, and counts the bytes that it could send. */
export async function startHostileServer() {
  let answer: Answer = HOSTILE_ANSWERS.silence
  let sentBytes = 0
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    const { socket } = request
    const before = socket.bytesWritten
    response.on('close', () => {
      sentBytes = Math.max(sentBytes, socket.bytesWritten - before)
    })
    request.resume()
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Gives this answer from now on. */
    set(next: Answer): void {
      answer = next
      sentBytes = 0
    },
    /** The most bytes that were sent in one response before it ended or its connection was closed. */
    mostSentBytes: () => sentBytes,
    openConnections: () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Answers every request with this text as JSON. */
export function json(text: string | Buffer): Answer {
  return (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

/** Sends this text again and again as JSON, as fast as it is read. */
export function stream(text: string, totalBytes: number, status = 200): Answer {
  const chunk = Buffer.from(text)
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    let sent = 0
    const send = () => {
      while (!response.destroyed && sent < totalBytes) {
        sent += chunk.length
        if (!response.write(chunk)) return
      }
      if (!response.destroyed) response.end()
    }
    response.on('drain', send)
    send()
  }
}

function objects(count: number, annotations: Record<string, string>): string {
  const items = Array.from({ length: count }, (_, n) => ({ metadata: { name: `${n}`, annotations } }))
  return JSON.stringify({ items })
}

function namesOf(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"metadata":{"name":"${n}"}}`).join(',')
}

/** An object of Kubernetes and application of Argo CD in one, with all its lists and labels beyond their limits. */
function giantObject(): string {
  const list = <T>(item: (n: number) => T) => Array.from({ length: 25_000 }, (_, n) => item(n))
  const labels = Object.fromEntries(list(n => [`label-${n}`, `${n}`]))
  const resources = list(n => ({ kind: 'ConfigMap', name: `${n}`, health: { status: 'Healthy' } }))
  const history = list(id => ({ id, revision: 'a', deployedAt: 'now', initiatedBy: { username: 'a' } }))
  const ownerReferences = list(n => ({ kind: 'ReplicaSet', name: `${n}`, uid: `${n}` }))
  return JSON.stringify({
    metadata: { name: 'core', labels, ownerReferences },
    spec: { project: 'default' },
    status: { resources, history },
  })
}

function chunksOf(text: string, count: number): string {
  return text.repeat(count)
}

let packed: Buffer | undefined
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(100_000_000, '['), { level: constants.Z_BEST_SPEED })
  return packed
}
