import type { Backpressure } from '@goalixa/chassis/backpressure'
import { ExpectedError } from '@goalixa/chassis/errors'
import { MAX_ERROR_BYTES } from '@goalixa/chassis/max-error-bytes'
import { readText } from '@goalixa/chassis/read-text'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import { Octokit } from '@octokit/rest'
import type { RequestInit as UndiciInit } from 'undici'
import { z } from 'zod'
import { type Connection, type SettingNames, settingNames } from '../../connections/connection.ts'
import { createEndpoint, type Endpoint } from '../../connections/create-endpoint.ts'
import { remedyOfStatus } from '../../connections/remedy-of-status.ts'
import { failureOfStatus } from '../../http/failure-of-status.ts'
import { parseInSlices } from '../../http/parse-in-slices.ts'
import { parseOutsideJson } from '../../http/parse-outside-json.ts'
import { retryRead } from '../../http/retry-read.ts'
import { throwIfStopped } from '../../http/throw-if-stopped.ts'
import { LIMITS } from '../../limits.ts'
import { parseJson } from '../../parse-json.ts'
import { withBackpressure } from '../../read-scope.ts'
import { sendUnderLease, type WriteCall } from '../../write-call.ts'
import { createInstallationToken, type GithubApp } from './installation-token.ts'

/** `app` is used in place of a token; `gitHosts` are further hosts in the addresses of its repositories. */
export type GithubSettings = Omit<Connection, 'url'> & {
  url?: string
  app?: GithubApp
  gitHosts?: readonly string[]
}
type Parameters = Record<string, unknown>

/** Without its path prefix, GitHub Enterprise Server answers with pages for people. */
function namesFor(url: string): SettingNames {
  const { hostname, pathname } = new URL(url)
  const hasPrefix = hostname.startsWith('api.') || pathname.includes('/api/v3')
  return {
    ...settingNames('GITHUB'),
    ...(!hasPrefix && { url: 'GITHUB_URL (of GitHub Enterprise Server with /api/v3)' }),
    credentials: 'GITHUB_TOKEN or the GITHUB_APP settings',
  }
}

/** GitHub's REST API. Routes are written as in its documentation: `GET /repos/{owner}/{repo}/commits`. */
export function createGithubClient(settings: GithubSettings) {
  const url = (settings.url ?? 'https://api.github.com').replace(/\/$/, '')
  const endpoint = createEndpoint('GitHub', { ...settings, url }, namesFor(url))
  const { baseUrl } = endpoint
  // GitHub Enterprise Server has REST under /api/v3 and GraphQL under /api.
  const graphqlUrl = baseUrl.replace(/\/api\/v3$/, '/api')
  const octokit = new Octokit({ baseUrl, userAgent: 'syntra', log: SILENT })
  const tokenOfApp =
    settings.app &&
    createInstallationToken(settings.app, async (path, authorization, signal) => {
      const init = {
        method: 'POST',
        headers: { accept: 'application/vnd.github+json', authorization },
        signal,
      }
      const { status, text } = await fetchText(endpoint, baseUrl + path, init)
      return { status, text }
    })

  async function request<S extends z.ZodType>(
    route: string,
    schema: S,
    signal: AbortSignal,
    parameters: Parameters,
  ) {
    const deadline = AbortSignal.timeout(settings.timeoutMs ?? 10_000)
    try {
      const stop = AbortSignal.any([signal, deadline])
      const body = await withBackpressure('GitHub', stop, async backpressure => {
        const token = await tokenOfApp?.(stop)
        const headers = { ...endpoint.headers(), ...(token && { authorization: `Bearer ${token}` }) }
        const options = { signal: stop, fetch: createTextFetch(endpoint, headers, backpressure) }
        const { data } = await octokit.request(route, { ...parameters, request: options })
        return parseBody(data, stop)
      })
      return await parseInSlices('GitHub', schema, body, stop)
    } catch (error) {
      throwIfStopped(signal, 'GitHub')
      throw classifyFailure(error, deadline.aborted, endpoint)
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
function createTextFetch(
  endpoint: Endpoint,
  credentials: Record<string, string>,
  backpressure: Backpressure | undefined,
) {
  return async (url: string, init: UndiciInit): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), ...credentials }
    const {
      status,
      statusText,
      headers: received,
      text,
    } = await fetchText(endpoint, url, { ...init, headers }, backpressure)
    const asText = new Headers([...received])
    asText.set('content-type', 'text/plain')
    return Object.assign(new Response(null, { status, statusText, headers: asText }), {
      text: async () => text,
    })
  }
}

const MAX_REDIRECTS = 3

/** Follows redirects of GitHub to itself, which it sends for repositories that were renamed. */
async function fetchText(endpoint: Endpoint, url: string, init: UndiciInit, backpressure?: Backpressure) {
  let response = await endpoint.fetch(url, init)
  for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || !location) break
    const target = new URL(location, url)
    const isSafe = (init.method ?? 'GET') === 'GET' || response.status >= 307
    if (target.origin !== new URL(url).origin || !isSafe) break
    await response.body?.cancel()
    response = await endpoint.fetch(target.href, init)
  }
  const { status, statusText, headers, body } = response
  const tooLarge = () => responseTooLarge('GitHub', LIMITS.answerBytes)
  const text = await readText(
    body,
    status >= 300 ? { maxBytes: MAX_ERROR_BYTES } : { maxBytes: LIMITS.answerBytes, tooLarge, backpressure },
  )
  const contentType = headers.get('content-type')
  const failure = endpoint.failureOfPage({ status, contentType, location: headers.get('location'), text })
  if (failure) throw failure
  return { status, statusText, headers, text }
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

function classifyFailure(error: unknown, isOverdue: boolean, endpoint: Endpoint): unknown {
  if (error instanceof ExpectedError) return error
  // Octokit wraps what our `fetch` throws.
  if (error instanceof Error && error.cause instanceof ExpectedError) return error.cause
  if (isOverdue)
    return new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', 'GitHub did not answer in time.', {
      cause: error,
    })
  const failure = RequestFailure.safeParse(error).data
  if (!failure?.response) return endpoint.unreachable(error)
  if (failure.status < 300)
    return new ExpectedError('unavailable', 'UPSTREAM_GARBLED', 'GitHub sent an unexpected answer.', {
      cause: error,
    })
  const { data, headers } = failure.response
  const retryAfter = headers?.['retry-after']
  // GitHub answers 403 when a rate limit is exhausted: the primary one with no requests remaining, a secondary one with Retry-After.
  const isLimited =
    failure.status === 403 && (String(headers?.['x-ratelimit-remaining']) === '0' || retryAfter !== undefined)
  const status = isLimited ? 429 : failure.status
  return failureOfStatus(
    'GitHub',
    status,
    messageOf(data),
    retryAfter,
    remedyOfStatus(status, endpoint.names),
  )
}

function messageOf(text: string | undefined): string {
  try {
    return z.looseObject({ message: z.string() }).safeParse(parseJson(text ?? '').value).data?.message ?? ''
  } catch {
    return ''
  }
}
