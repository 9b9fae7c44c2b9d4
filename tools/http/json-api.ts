import { createHttpClient } from '@goalixa/chassis/http-client'
import type { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { withBackpressure } from '../read-scope.ts'
import { sendUnderLease, type WriteCall } from '../write-call.ts'
import { failureOfStatus } from './failure-of-status.ts'
import { notConfigured } from './not-configured.ts'
import { parseInSlices } from './parse-in-slices.ts'
import { parseOutsideJson } from './parse-outside-json.ts'
import { retryRead } from './retry-read.ts'
import { throwIfStopped } from './throw-if-stopped.ts'

type Settings = { url: string; token?: string; timeoutMs?: number }
type Query = Record<string, string | number | undefined>
type Options = {
  /** Its name in errors. */
  system: string
  /** The setting to name where there are none. */
  setting: string
  settings: Settings | undefined
  /** Extracts the message of the other side from the body of an error. */
  messageOf?: (body: unknown) => string
  /** Classifies errors whose status alone is ambiguous. */
  failureOf?: (status: number, body: unknown) => Error | undefined
}

/** JSON over HTTP to one system: reads are retried while it is unavailable, writes never; every answer is checked. */
export function createJsonApi({ system, setting, settings, messageOf = errorMessage, failureOf }: Options) {
  const call = settings
    ? createHttpClient({
        upstream: system,
        baseUrl: settings.url,
        timeoutMs: settings.timeoutMs ?? 10_000,
        headers: settings.token ? { authorization: `Bearer ${settings.token}` } : {},
        maxBytes: LIMITS.answerBytes,
        parse: (text, contentType = '', signal) =>
          /[/+]json\b/.test(contentType) ? parseOutsideJson(system, text, signal) : text,
      })
    : undefined

  async function request<S extends z.ZodType>(
    method: string,
    path: string,
    schema: S,
    options: { query?: Query; body?: unknown; signal: AbortSignal },
  ): Promise<z.infer<S>> {
    if (!call) throw notConfigured(system, setting)
    const { query = {}, body, signal } = options
    const answer = await withBackpressure(system, signal, backpressure =>
      call(path + queryString(query), { method, body, signal, backpressure }),
    ).catch(error => {
      throwIfStopped(signal, system)
      throw error
    })
    if (answer.status < 300) return parseInSlices(system, schema, answer.body, signal)
    throw (
      failureOf?.(answer.status, answer.body) ??
      failureOfStatus(system, answer.status, messageOf(answer.body), answer.headers['retry-after'])
    )
  }

  return {
    get: <S extends z.ZodType>(path: string, schema: S, signal: AbortSignal, query: Query = {}) =>
      retryRead(() => request('GET', path, schema, { query, signal }), signal),
    async send<S extends z.ZodType>(
      method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
      path: string,
      schema: S,
      call: WriteCall,
      { query, body }: { query?: Query; body?: unknown } = {},
    ): Promise<z.infer<S>> {
      return sendUnderLease(call, () => request(method, path, schema, { query, body, signal: call.signal }))
    },
  }
}

function queryString(query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  return parameters.size > 0 ? `?${parameters}` : ''
}

function errorMessage(body: unknown): string {
  if (typeof body === 'string') return body.startsWith('<') ? '' : body
  const fields = (body ?? {}) as { message?: unknown; error?: unknown }
  const message = [fields.message, fields.error].find(field => typeof field === 'string')
  return typeof message === 'string' ? message : ''
}
