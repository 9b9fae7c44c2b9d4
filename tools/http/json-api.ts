import { createHttpClient } from '@goalixa/chassis/http-client'
import type { z } from 'zod'
import { type Connection, settingNames } from '../connections/connection.ts'
import { createEndpoint } from '../connections/create-endpoint.ts'
import { remedyOfStatus } from '../connections/remedy-of-status.ts'
import { LIMITS } from '../limits.ts'
import { withBackpressure } from '../read-scope.ts'
import { sendUnderLease, type WriteCall } from '../write-call.ts'
import { failureOfStatus } from './failure-of-status.ts'
import { notConfigured } from './not-configured.ts'
import { parseInSlices } from './parse-in-slices.ts'
import { parseOutsideJson } from './parse-outside-json.ts'
import { retryRead } from './retry-read.ts'
import { throwIfStopped } from './throw-if-stopped.ts'

type Query = Record<string, string | number | undefined>
type Options = {
  /** Its name in errors. */
  system: string
  /** What the names of its settings begin with: `PROMETHEUS`. */
  prefix: string
  connection: Connection | undefined
  /** Extracts the message of the other side from the body of an error. */
  messageOf?: (body: unknown) => string
  /** Classifies errors whose status alone is ambiguous. */
  failureOf?: (status: number, body: unknown) => Error | undefined
}

/**
 * JSON over HTTP to one system: reads are retried while it is unavailable, writes never; every answer is checked. Every failure names the
 * reason that the lowest layer gives, and the setting to look at.
 */
export function createJsonApi({ system, prefix, connection, messageOf = errorMessage, failureOf }: Options) {
  const names = settingNames(prefix)
  const endpoint = connection && createEndpoint(system, connection, names)
  const call =
    endpoint &&
    createHttpClient({
      upstream: system,
      baseUrl: endpoint.baseUrl,
      timeoutMs: connection.timeoutMs ?? 10_000,
      maxBytes: LIMITS.answerBytes,
      connections: endpoint.connections,
      parse: (text, contentType = '', signal) =>
        /[/+]json\b/.test(contentType) ? parseOutsideJson(system, text, signal) : text,
    })

  async function request<S extends z.ZodType>(
    method: string,
    path: string,
    schema: S,
    options: { query?: Query; body?: unknown; signal: AbortSignal },
  ): Promise<z.infer<S>> {
    if (!call) throw notConfigured(system, names.url)
    const { query = {}, body, signal } = options
    const answer = await withBackpressure(system, signal, async backpressure =>
      call(path + queryString(query), {
        method,
        body,
        headers: endpoint.headers(),
        signal,
        backpressure,
      }),
    ).catch(error => {
      throwIfStopped(signal, system)
      throw endpoint.explain(error)
    })
    const { status, headers } = answer
    const { location } = headers
    const text = typeof answer.body === 'string' ? answer.body : ''
    const page = endpoint.failureOfPage({ status, contentType: headers['content-type'], location, text })
    if (page) throw page
    if (status < 300) return parseInSlices(system, schema, answer.body, signal)
    throw (
      failureOf?.(status, answer.body) ??
      failureOfStatus(
        system,
        status,
        messageOf(answer.body),
        headers['retry-after'],
        // The API itself answers in JSON.
        status === 404 && text !== ''
          ? `Check the path prefix in ${names.url}.`
          : remedyOfStatus(status, names),
      )
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
