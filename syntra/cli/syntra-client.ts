import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf, Problem } from '@goalixa/chassis/problem'
import type { z } from 'zod'
import { readEventStream } from './read-event-stream.ts'

type Options = { url: string; key?: string; timeoutMs?: number }

/** Talks to Syntra's HTTP API. Throws ExpectedError with the problem's own code and words, or SYNTRA_UNREACHABLE. */
export function createSyntraClient({ url, key, timeoutMs = 15_000 }: Options) {
  const send = async (
    method: string,
    path: string,
    init: { body?: unknown; accept?: string; signal?: AbortSignal; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        accept: init.accept ?? 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      body: init.body === undefined ? undefined : JSON.stringify(init.body),
      signal: init.signal ?? AbortSignal.timeout(timeoutMs),
    }).catch(cause => {
      init.signal?.throwIfAborted()
      throw new ExpectedError(
        'unavailable',
        'SYNTRA_UNREACHABLE',
        `Syntra does not answer at ${url}. Is the API running, and is --url right?`,
        { cause },
      )
    })
    if (!response.ok) throw await problemOf(response)
    return response
  }
  return {
    async get<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.infer<S>> {
      return understood(await send('GET', path, { signal }), schema)
    },
    async post<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<z.infer<S>> {
      return understood(await send('POST', path, { body }), schema)
    },
    async text(path: string, accept: string): Promise<string> {
      return (await send('GET', path, { accept })).text()
    },
    /** Yields the stream's events and reconnects where it stopped, until the signal aborts. */
    async *stream(
      path: string,
      signal: AbortSignal,
    ): AsyncGenerator<{ id: string | undefined; event: string; data: unknown }> {
      let lastId: string | undefined
      while (!signal.aborted) {
        try {
          const headers = lastId === undefined ? undefined : { 'last-event-id': lastId }
          const { body } = await send('GET', path, { accept: 'text/event-stream', signal, headers })
          if (body)
            for await (const { id, event, data } of readEventStream(body)) {
              lastId = id ?? lastId
              yield { id, event, data: JSON.parse(data) }
            }
        } catch (error) {
          if (signal.aborted) return
          if (error instanceof ExpectedError && error.kind !== 'unavailable') throw error
        }
        await sleep(1_000, undefined, { signal }).catch(() => {})
      }
    },
  }
}
export type SyntraClient = ReturnType<typeof createSyntraClient>

async function understood<S extends z.ZodType>(response: Response, schema: S): Promise<z.infer<S>> {
  const answer = schema.safeParse(await response.json().catch(() => undefined))
  if (answer.success) return answer.data
  throw new ExpectedError(
    'bad-upstream',
    'NOT_SYNTRA',
    `What answers at ${new URL(response.url).origin} does not speak as Syntra does. Is --url right, and of the same version?`,
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

async function problemOf(response: Response): Promise<ExpectedError> {
  const kind = KINDS[response.status as keyof typeof KINDS] ?? 'unavailable'
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  if (!problem.success)
    return new ExpectedError(kind, `HTTP_${response.status}`, `The server answered ${response.status}.`)
  const { code, title, detail, fields } = problem.data
  return new ExpectedError(kind, code, detail ?? title, { fields })
}
