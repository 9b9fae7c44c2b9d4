import { type Agent, type ClientRequest, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, vi } from 'vitest'
import { limitBodies } from '../limit-bodies.ts'
import { buildTestService } from './build-test-service.ts'

const PATIENT = { timeout: 20_000 }

type Options = {
  maxBytes?: number
  maxSmallBytes?: number
  bodyLimit?: number
  mayAnswer?: Promise<void>
  answer?: object
  receiveTimeoutMs?: number
}

/** Starts a service whose bodies are limited, with fake timers. It answers `answer` when `mayAnswer` resolves. The header `owner` names whose body it is, `urgent` makes it urgent. */
export async function startLimitedService({
  maxBytes = 100,
  maxSmallBytes,
  bodyLimit = 80,
  mayAnswer = Promise.resolve(),
  answer = {},
  receiveTimeoutMs = 60_000,
}: Options = {}) {
  const handled: number[] = []
  const bodies: WeakRef<object>[] = []
  const uploads: (ClientRequest | Socket)[] = []
  let arrived = 0
  const { app } = await buildTestService({
    receiveTimeoutMs,
    routes(routes) {
      routes.addHook('preParsing', (_request, _reply, payload, done) => {
        payload.on('data', (chunk: Buffer) => {
          arrived += chunk.length
        })
        done(null, payload)
      })
      limitBodies(routes, {
        maxBytes,
        ...(maxSmallBytes === undefined ? {} : { maxSmallBytes }),
        termsOf: ({ headers }) => ({
          ...(headers.owner === undefined ? {} : { owner: String(headers.owner) }),
          isUrgent: headers.urgent !== undefined,
        }),
      })
      // Like any handler: it does not know that there is a limit.
      routes.post('/', { bodyLimit }, async ({ headers, body }) => {
        handled.push(Number(headers['content-length']))
        if (typeof body === 'object' && body !== null) bodies.push(new WeakRef(body))
        await mayAnswer
        return answer
      })
    },
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const json = { 'content-type': 'application/json' }

  const send = (bytes: number, owner?: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { ...json, ...(owner === undefined ? {} : { owner }) },
      body: JSON.stringify('x'.repeat(bytes - 2)),
      signal: signal ?? null,
    })

  /** Begins an upload; `headers` without a length make it one of no declared length. */
  async function open(headers: Record<string, string>, agent?: Agent) {
    const before = vi.getTimerCount()
    const upload = request(url, { method: 'POST', headers: { ...json, ...headers }, ...(agent && { agent }) })
    uploads.push(upload)
    const answered = answerTo(upload)
    upload.flushHeaders()
    await expect.poll(() => vi.getTimerCount(), PATIENT).toBe(before + 1)
    return {
      answered,
      destroy: () => upload.destroy(),
      /** Resolves once they have arrived. */
      async write(bytes: number) {
        const expected = arrived + bytes
        upload.write(' '.repeat(bytes))
        await expect.poll(() => arrived, PATIENT).toBe(expected)
      },
      async end() {
        upload.end('0')
        return answered
      },
    }
  }

  /** Sends a body over a connection of its own, and never reads the answer. */
  async function abandon(body: string) {
    const { port, hostname } = new URL(url)
    const socket = connect(Number(port), hostname).pause()
    uploads.push(socket)
    const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    await new Promise(resolve => socket.write(head + body, resolve))
  }

  return {
    send,
    handled,
    bodies,
    open,
    abandon,
    url,
    async stop() {
      for (const upload of uploads) upload.destroy()
      await app.close()
    },
    post: async (bytes: number, owner?: string) => (await send(bytes, owner)).status,
  }
}

type Answer = {
  status: number
  code?: string
  retryAfter?: string | undefined
  connection?: string | undefined
}

/** Never rejects: an upload may end in the middle. */
function answerTo(upload: ClientRequest): Promise<Answer> {
  return new Promise(resolve => {
    upload.on('error', () => {})
    upload.once('response', response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          ...JSON.parse(text),
          retryAfter: response.headers['retry-after'],
          connection: response.headers.connection,
        }),
      )
    })
  })
}
