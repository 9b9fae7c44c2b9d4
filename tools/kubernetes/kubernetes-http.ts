import type { Backpressure } from '@goalixa/chassis/backpressure'
import { ExpectedError } from '@goalixa/chassis/errors'
import { MAX_ERROR_BYTES } from '@goalixa/chassis/max-error-bytes'
import { readText } from '@goalixa/chassis/read-text'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  type KubeConfig,
  RequestContext,
} from '@kubernetes/client-node'
import { z } from 'zod'
import type { Cut } from '../evidence.ts'
import { failureOfStatus } from '../http/failure-of-status.ts'
import { notConfigured } from '../http/not-configured.ts'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { parseOutsideJson } from '../http/parse-outside-json.ts'
import { throwIfStopped } from '../http/throw-if-stopped.ts'
import { LIMITS } from '../limits.ts'
import { parseJson } from '../parse-json.ts'
import { withBackpressure } from '../read-scope.ts'
import { sendUnderLease, type WriteCall } from '../write-call.ts'
import { loadKubeconfig } from './load-kubeconfig.ts'

export type KubernetesSettings = { kubeconfig?: string; inCluster?: boolean; timeoutMs?: number }
type Call = {
  method?: 'GET' | 'PATCH' | 'POST'
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  contentType?: string
  /** Truncates a longer response instead of rejecting it. */
  cutAtBytes?: number
  /** Collects what was left out of the response; by default it is reported. */
  lost?: Cut[]
  signal: AbortSignal
  /** For a request that changes something. */
  write?: WriteCall
}

/**
 * Raw HTTP to the API server with a kubeconfig's credentials. client-node's typed clients are not used because they
 * drop fields that they do not know.
 */
export function createKubernetesHttp(settings: KubernetesSettings | undefined) {
  const config = settings ? loadKubeconfig(settings) : undefined
  const library = new IsomorphicFetchHttpLibrary()
  const authenticate = authenticator(config)

  async function text(path: string, options: Call, backpressure: Backpressure | undefined): Promise<string> {
    if (!config) throw notConfigured('Kubernetes', 'KUBECONFIG')
    const deadline = AbortSignal.timeout(settings?.timeoutMs ?? 10_000)
    const request = await requestOf(config, path, options)
    await authenticate(request)
    request.setSignal(AbortSignal.any([options.signal, deadline]))
    const { cutAtBytes } = options
    const limit =
      cutAtBytes === undefined
        ? { maxBytes: LIMITS.answerBytes, tooLarge: () => responseTooLarge('Kubernetes', LIMITS.answerBytes) }
        : { maxBytes: cutAtBytes }
    const transmit = () => send(library, request, { ...limit, backpressure }, options.signal, deadline)
    // Not before authentication, which may take a while.
    const answer = await (options.write ? sendUnderLease(options.write, transmit) : transmit())
    if (answer.status >= 300)
      throw failureOfStatus('Kubernetes', answer.status, messageOf(answer.text), answer.retryAfter)
    return answer.text
  }

  return {
    text: (path: string, options: Call) =>
      withBackpressure('Kubernetes', options.signal, backpressure => text(path, options, backpressure)),
    async json<S extends z.ZodType>(path: string, schema: S, options: Call): Promise<z.infer<S>> {
      const body = await withBackpressure('Kubernetes', options.signal, async backpressure => {
        const answer = await text(path, options, backpressure)
        return parseOutsideJson('Kubernetes', answer, options.signal, options.lost)
      }).catch(error => {
        throwIfStopped(options.signal, 'Kubernetes')
        throw error
      })
      return parseInSlices('Kubernetes', schema, body, options.signal)
    },
  }
}

async function send(
  library: IsomorphicFetchHttpLibrary,
  request: RequestContext,
  limit: Parameters<typeof readText>[1],
  signal: AbortSignal,
  deadline: AbortSignal,
) {
  try {
    const response = await library.send(request).toPromise()
    const { httpStatusCode: status, headers, body } = response
    const text = await readText(body.stream(), status >= 300 ? { maxBytes: MAX_ERROR_BYTES } : limit)
    return { status, retryAfter: headers['retry-after'], text }
  } catch (cause) {
    if (cause instanceof ExpectedError) throw cause
    throwIfStopped(signal, 'Kubernetes')
    throw deadline.aborted
      ? new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', 'Kubernetes did not answer in time.', { cause })
      : new ExpectedError(
          'unavailable',
          'UPSTREAM_UNREACHABLE',
          `Kubernetes cannot be reached${errorCode(cause)}.`,
          { cause },
        )
  }
}

// A refused connection and an untrusted certificate need different remedies.
function errorCode(error: unknown): string {
  const { code } = (error instanceof Error && error.cause instanceof Error ? error.cause : {}) as {
    code?: unknown
  }
  return typeof code === 'string' ? ` (${code})` : ''
}

async function requestOf(config: KubeConfig, path: string, call: Call): Promise<RequestContext> {
  const server = config.getCurrentCluster()?.server ?? ''
  const request = new RequestContext(server.replace(/\/$/, '') + path, HttpMethod[call.method ?? 'GET'])
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) request.setQueryParam(name, String(value))
  }
  request.setHeaderParam('accept', 'application/json, */*')
  if (call.body !== undefined) {
    request.setHeaderParam('content-type', call.contentType ?? 'application/json')
    request.setBody(JSON.stringify(call.body))
  }
  return request
}

// client-node creates a connection pool per request; the first one is reused, otherwise sockets would pile up.
function authenticator(config: KubeConfig | undefined) {
  let pool: ReturnType<RequestContext['getDispatcher']>
  return async (request: RequestContext) => {
    try {
      await config?.applySecurityAuthentication(request)
    } catch (cause) {
      throw new ExpectedError(
        'unauthenticated',
        'NO_CREDENTIALS',
        'The credentials in the kubeconfig cannot be used; check its user entry.',
        { cause },
      )
    }
    pool ??= request.getDispatcher()
    if (pool) request.setDispatcher(pool)
  }
}

function messageOf(text: string): string {
  try {
    return z.looseObject({ message: z.string() }).safeParse(parseJson(text).value).data?.message ?? ''
  } catch {
    return ''
  }
}
