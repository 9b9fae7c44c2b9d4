import type { Backpressure } from '@goalixa/chassis/backpressure'
import { ExpectedError } from '@goalixa/chassis/errors'
import { MAX_ERROR_BYTES } from '@goalixa/chassis/max-error-bytes'
import { readText } from '@goalixa/chassis/read-text'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import { failureOfStatus } from '../../http/failure-of-status.ts'
import { notConfigured } from '../../http/not-configured.ts'
import { parseInSlices } from '../../http/parse-in-slices.ts'
import { parseOutsideJson } from '../../http/parse-outside-json.ts'
import { retryRead } from '../../http/retry-read.ts'
import { throwIfStopped } from '../../http/throw-if-stopped.ts'
import { LIMITS } from '../../limits.ts'
import { parseJson } from '../../parse-json.ts'
import { withBackpressure } from '../../read-scope.ts'
import { sendUnderLease, type WriteCall } from '../../write-call.ts'

export type GithubSettings = { url?: string; token?: string; timeoutMs?: number }
type Parameters = Record<string, unknown>

/** GitHub's REST API. Routes are written as in its documentation: `GET /repos/{owner}/{repo}/commits`. */
export function createGithubClient(settings: GithubSettings | undefined) {
  const baseUrl = (settings?.url ?? 'https://api.github.com').replace(/\/$/, '')
  // GitHub Enterprise Server has REST under /api/v3 and GraphQL under /api.
  const graphqlUrl = baseUrl.replace(/\/api\/v3$/, '/api')
  const octokit = settings
    ? new Octokit({
        baseUrl,
        auth: settings.token,
        userAgent: 'syntra',
        log: SILENT,
      })
    : undefined

  async function request<S extends z.ZodType>(
    route: string,
    schema: S,
    signal: AbortSignal,
    parameters: Parameters,
  ) {
    if (!octokit) throw notConfigured('GitHub', 'GITHUB_TOKEN')
    const deadline = AbortSignal.timeout(settings?.timeoutMs ?? 10_000)
    try {
      const stop = AbortSignal.any([signal, deadline])
      const body = await withBackpressure('GitHub', stop, async backpressure => {
        const options = { signal: stop, fetch: createTextFetch(backpressure) }
        const { data } = await octokit.request(route, { ...parameters, request: options })
        return parseBody(data, stop)
      })
      return await parseInSlices('GitHub', schema, body, stop)
    } catch (error) {
      throwIfStopped(signal, 'GitHub')
      throw classifyFailure(error, deadline.aborted)
    }
  }

  return {
    read: <S extends z.ZodType>(route: string, schema: S, signal: AbortSignal, parameters: Parameters) =>
      retryRead(() => request(route, schema, signal, parameters), signal),
    /** A query of GitHub's GraphQL API. */
    graphql: <S extends z.ZodType>(query: string, schema: S, signal: AbortSignal) =>
      retryRead(() => request('POST /graphql', schema, signal, { query, baseUrl: graphqlUrl }), signal),
    async write<S extends z.ZodType>(
      route: string,
      schema: S,
      call: WriteCall,
      parameters: Parameters,
    ): Promise<z.infer<S>> {
      return sendUnderLease(call, () => request(route, schema, call.signal, parameters))
    },
  }
}
export type GithubClient = ReturnType<typeof createGithubClient>

// Octokit would read any number of bytes and parse JSON in one go; plain text it passes on.
function createTextFetch(backpressure: Backpressure | undefined) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const { body, status, statusText, headers } = await fetch(url, init)
    const text = await readText(
      body,
      status >= 300
        ? { maxBytes: MAX_ERROR_BYTES }
        : {
            maxBytes: LIMITS.answerBytes,
            tooLarge: () => responseTooLarge('GitHub', LIMITS.answerBytes),
            backpressure,
          },
    )
    const asText = new Headers(headers)
    asText.set('content-type', 'text/plain')
    return Object.assign(new Response(null, { status, statusText, headers: asText }), {
      text: async () => text,
    })
  }
}

// Undefined for an answer without a body (204).
function parseBody(data: unknown, signal: AbortSignal): unknown {
  return typeof data === 'string' && data !== '' ? parseOutsideJson('GitHub', data, signal) : data
}

const silent = () => undefined
const SILENT = { debug: silent, info: silent, warn: silent, error: silent }

// Octokit reports a network failure as a RequestError of status 500 without a response.
const RequestFailure = z.looseObject({
  status: z.number(),
  response: z
    .looseObject({
      data: z.string().optional().catch(undefined),
      headers: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
})

function classifyFailure(error: unknown, isOverdue: boolean): unknown {
  if (error instanceof ExpectedError) return error
  // Octokit wraps what our `fetch` throws.
  if (error instanceof Error && error.cause instanceof ExpectedError) return error.cause
  if (isOverdue)
    return new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', 'GitHub did not answer in time.', {
      cause: error,
    })
  const failure = RequestFailure.safeParse(error).data
  if (!failure?.response)
    return new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', 'GitHub cannot be reached.', {
      cause: error,
    })
  if (failure.status < 300)
    return new ExpectedError('unavailable', 'UPSTREAM_GARBLED', 'GitHub sent an unexpected answer.', {
      cause: error,
    })
  const { data, headers } = failure.response
  const retryAfter = headers?.['retry-after']
  // GitHub answers 403 when a rate limit is exhausted: the primary one with no requests remaining, a secondary one with Retry-After.
  const isLimited =
    failure.status === 403 && (String(headers?.['x-ratelimit-remaining']) === '0' || retryAfter !== undefined)
  return failureOfStatus('GitHub', isLimited ? 429 : failure.status, messageOf(data), retryAfter)
}

function messageOf(text: string | undefined): string {
  try {
    return z.looseObject({ message: z.string() }).safeParse(parseJson(text ?? '').value).data?.message ?? ''
  } catch {
    return ''
  }
}
