import { once } from 'node:events'
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export type TargetName = 'kubernetes' | 'argocd' | 'github' | 'prometheus'

/** One request of a worker to a target. Times are ISO, by the clock of this machine. */
export type RecordedRequest = {
  worker: string
  target: TargetName
  method: string
  path: string
  body: string
  isWrite: boolean
  receivedAt: string
  /** When it was sent on to the target; null: never. */
  forwardedAt: string | null
  /** What the target answered; null where this proxy answered, or nobody did. */
  status: number | null
  treatment: Treatment['kind']
  /** Bytes of a made-up answer that the worker took before it gave up. */
  bytesTaken: number
}

/** What is done to a request. `late`: it reaches the target only after this time, even if the worker gave up long ago. */
export type Treatment =
  | { kind: 'pass' }
  | { kind: 'late'; ms: number }
  | { kind: 'hang'; ms: number }
  | { kind: 'garbage' }
  | { kind: 'huge' }

export type ChooseTreatment = (
  request: Pick<RecordedRequest, 'worker' | 'target' | 'isWrite' | 'path'>,
) => Treatment

type Options = {
  worker: string
  target: TargetName
  upstream: string
  choose: ChooseTreatment
  record: (request: RecordedRequest) => void
}

/** A huge answer ends here at the latest, so that a worker without any limit does not take the machine down. */
const HUGE_BYTES = 400 * 1024 * 1024
const CHUNK = Buffer.alloc(256 * 1024, 'x')

/** An HTTP proxy between one worker and one target that records every request and may delay, swallow or replace its answer. */
export async function createTargetProxy({ worker, target, upstream, choose, record }: Options) {
  const agent = new http.Agent({ keepAlive: true })
  const closing = new AbortController()
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      closing.abort()
      server.closeAllConnections()
      agent.destroy()
      server.close()
      await once(server, 'close')
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await buffer(request)
    const path = request.url ?? '/'
    const method = request.method ?? 'GET'
    const seen = { worker, target, path, isWrite: isWrite(method, path) }
    const treatment = choose(seen)
    const entry: RecordedRequest = {
      ...seen,
      method,
      body: body.toString('utf8').slice(0, 20_000),
      receivedAt: new Date().toISOString(),
      forwardedAt: null,
      status: null,
      treatment: treatment.kind,
      bytesTaken: 0,
    }
    record(entry)
    if (treatment.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"items": [{"metadata": \u0000<html>502 Bad Gateway')
      return
    }
    if (treatment.kind === 'huge') return pour(response, entry)
    if (treatment.kind === 'hang' || treatment.kind === 'late')
      await sleep(treatment.ms, undefined, { signal: closing.signal })
    if (treatment.kind === 'hang') {
      response.destroy()
      return
    }
    await forward(request, body, response, entry)
  }

  async function forward(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    entry: RecordedRequest,
  ) {
    entry.forwardedAt = new Date().toISOString()
    const { host: _host, connection: _connection, ...headers } = request.headers
    const outgoing = http.request(new URL(entry.path, upstream), { method: entry.method, headers, agent })
    outgoing.end(body)
    const [received]: [IncomingMessage] = (await once(outgoing, 'response')) as [IncomingMessage]
    entry.status = received.statusCode ?? null
    const content = await buffer(received)
    if (response.destroyed) return
    const { 'transfer-encoding': _encoding, connection: _, ...kept } = received.headers
    response.writeHead(received.statusCode ?? 502, { ...kept, 'content-length': content.length })
    response.end(content)
  }
}

/** Answers with one endless JSON string until the reader closes the connection, or the cap is reached. */
async function pour(response: ServerResponse, entry: RecordedRequest) {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.on('error', () => {})
  const closed = once(response, 'close')
  response.write('{"metadata": {"name": "huge"}, "padding": "')
  while (entry.bytesTaken < HUGE_BYTES && !response.destroyed) {
    entry.bytesTaken += CHUNK.length
    if (!response.write(CHUNK)) await Promise.race([drained(response), closed])
  }
  response.end('"}')
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => response.once('drain', resolve))
}

function isWrite(method: string, path: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && !path.includes('selfsubjectaccessreviews')
}
