import { boundFetch } from '@goalixa/chassis/bound-fetch'
import { ExpectedError } from '@goalixa/chassis/errors'
import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import { failureOfStatus } from '../../http/failure-of-status.ts'
import { notConfigured } from '../../http/not-configured.ts'
import { parseAnswer } from '../../http/parse-answer.ts'
import { parseOutsideJson } from '../../http/parse-outside-json.ts'
import { retryRead } from '../../http/retry-read.ts'
import { throwIfStopped } from '../../http/throw-if-stopped.ts'
import { LIMITS } from '../../limits.ts'
import { parseJson } from '../../parse-json.ts'
import type { WriteCall } from '../../write-call.ts'

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
        request: { fetch: fetchAsText },
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
      const options = { signal: AbortSignal.any([signal, deadline]) }
      const { data } = await octokit.request(route, { ...parameters, request: options })
      const body = await parseBody(data, options.signal)
      return parseAnswer('GitHub', schema, body)
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
      { signal, prove }: WriteCall,
      parameters: Parameters,
    ): Promise<z.infer<S>> {
      await prove()
      return request(route, schema, signal, parameters)
    },
  }
}
export type GithubClient = ReturnType<typeof createGithubClient>

const fetchBounded = boundFetch('GitHub', LIMITS.answerBytes)

// Octokit would parse JSON in one go; a text it passes on.
async function fetchAsText(url: string, init: RequestInit): Promise<Response> {
  const response = await fetchBounded(url, init)
  const headers = new Headers(response.headers)
  headers.set('content-type', 'text/plain')
  const { status, statusText } = response
  return new Response(response.body === null ? null : await response.text(), { status, statusText, headers })
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
