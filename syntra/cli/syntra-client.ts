import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf, Problem } from '@goalixa/chassis/problem'
import { networkReason } from '@goalixa/tools/connections/network-reason'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { z } from 'zod'
import type { Login } from '../commands/machine.ts'
import type { Readiness, StreamEvent, SyntraApi } from '../commands/syntra-api.ts'

type Request = { body?: unknown; accept?: string; signal?: AbortSignal; headers?: Record<string, string> }

const TIMEOUT_MS = 15_000
const READINESS_TIMEOUT_MS = 5_000
const RECONNECT_MS = 1_000

const ReadyAnswer = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.string()).default({}),
})

/**
 * Syntra's API over HTTP. A login that is given as a function is resolved at the first call. Throws ExpectedError with the
 * code and message of the problem, SYNTRA_UNREACHABLE, or NOT_SYNTRA where something else answers.
 */
export function createSyntraClient(given: Login | (() => Promise<Login>)): SyntraApi {
  let login: Promise<Login> | undefined
  return {
    async get<Schema extends z.ZodType>(path: string, schema: Schema, signal?: AbortSignal) {
      return parseAnswer(await send('GET', path, { signal }), schema)
    },
    async post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema) {
      return parseAnswer(await send('POST', path, { body }), schema)
    },
    async text(path, accept) {
      return (await send('GET', path, { accept })).text()
    },
    stream,
    readiness,
  }

  function findLogin(): Promise<Login> {
    login ??= typeof given === 'function' ? given() : Promise.resolve(given)
    return login
  }

  async function send(method: string, path: string, request: Request): Promise<Response> {
    const { url, key } = await findLogin()
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        accept: request.accept ?? 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: request.signal ?? AbortSignal.timeout(TIMEOUT_MS),
    }).catch(cause => {
      request.signal?.throwIfAborted()
      throw new ExpectedError(
        'unavailable',
        'SYNTRA_UNREACHABLE',
        `Syntra does not answer at ${url}: ${networkReason(cause).phrase}. Check that its API is running and that --url is right.`,
        { cause },
      )
    })
    if (!response.ok) throw await toExpectedError(response)
    return response
  }

  /** Reconnects after the last event that it yielded. */
  async function* stream(path: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    let lastId: string | undefined
    while (!signal.aborted) {
      try {
        const headers = lastId === undefined ? undefined : { 'last-event-id': lastId }
        const { body } = await send('GET', path, { accept: 'text/event-stream', signal, headers })
        for await (const { id, data } of parseEvents(body)) {
          lastId = id ?? lastId
          yield { id, data: JSON.parse(data) }
        }
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ExpectedError && error.kind !== 'unavailable') throw error
      }
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => {})
    }
  }

  /** A server that is not ready answers too, so any status counts. */
  async function readiness(): Promise<Readiness> {
    const { url } = await findLogin()
    const signal = AbortSignal.timeout(READINESS_TIMEOUT_MS)
    const answer = await fetch(new URL('/readyz', url), { signal })
      .then(response => response.json())
      .catch(() => undefined)
    const { data } = ReadyAnswer.safeParse(answer)
    return { url, ...(data ?? { status: 'unreachable', checks: {} }) }
  }
}

function parseEvents(body: ReadableStream<Uint8Array> | null) {
  if (body === null) return []
  return body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
}

async function parseAnswer<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const answer = schema.safeParse(await response.json().catch(() => undefined))
  if (answer.success) return answer.data
  const { origin } = new URL(response.url)
  throw new ExpectedError(
    'bad-upstream',
    'NOT_SYNTRA',
    `The answer of ${origin} is not one of Syntra's; expected a Syntra of this version. Check --url.`,
    { fields: fieldsOf(answer.error) },
  )
}

const KINDS = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
  413: 'too-large',
  429: 'too-many',
} as const

async function toExpectedError(response: Response): Promise<ExpectedError> {
  const kind = KINDS[response.status as keyof typeof KINDS] ?? 'unavailable'
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  if (!problem.success)
    return new ExpectedError(kind, `HTTP_${response.status}`, `The server answered ${response.status}.`)
  const { code, title, detail, fields } = problem.data
  return new ExpectedError(kind, code, detail ?? title, { fields })
}
