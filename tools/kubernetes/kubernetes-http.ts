import type { Backpressure } from '@goalixa/chassis/backpressure'
import { ExpectedError } from '@goalixa/chassis/errors'
import { MAX_ERROR_BYTES } from '@goalixa/chassis/max-error-bytes'
import { readText } from '@goalixa/chassis/read-text'
import { responseTooLarge } from '@goalixa/chassis/response-too-large'
import { fetch, type RequestInit } from 'undici'
import { z } from 'zod'
import type { Proxies } from '../connections/connection.ts'
import { remedyOfStatus } from '../connections/remedy-of-status.ts'
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
import { type ClusterAccess, createClusterAccess } from './cluster-access.ts'
import { type KubeconfigSettings, loadKubeconfig } from './load-kubeconfig.ts'

export type KubernetesSettings = KubeconfigSettings & {
  proxies?: Proxies
  /** Of one request, once it has credentials. */
  timeoutMs?: number
  /** Of one run of an exec plugin. */
  pluginTimeoutMs?: number
  /** Environment variables that the commands of exec plugins do not get, because they are Syntra's own secrets. */
  secretSettings?: string[]
}
type Call = {
  method?: 'GET' | 'PATCH' | 'POST'
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  contentType?: string
  /** The form in which objects are requested, if not whole. */
  accept?: string
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
  const cluster = settings && createClusterAccess(loadKubeconfig(settings), settings)

  async function text(path: string, options: Call, backpressure: Backpressure | undefined): Promise<string> {
    if (!cluster) throw notConfigured('Kubernetes', 'KUBECONFIG')
    const attempt = async () => {
      const { headers, dispatcher } = await cluster.authenticate(options.signal)
      // Not before authentication: an exec plugin has a deadline of its own.
      const deadline = AbortSignal.timeout(settings?.timeoutMs ?? 10_000)
      const url = urlOf(cluster.server, path, options)
      const init = {
        ...initOf(options, headers),
        signal: AbortSignal.any([options.signal, deadline]),
        dispatcher,
      }
      const transmit = () =>
        send(url, init, limitOf(options, backpressure), options.signal, deadline, cluster)
      // Not before authentication, which may take a while.
      return options.write ? sendUnderLease(options.write, transmit) : transmit()
    }
    let answer = await attempt()
    if (answer.status === 401 && !options.write && cluster.renew()) answer = await attempt()
    if (answer.status >= 300)
      throw failureOfStatus(
        'Kubernetes',
        answer.status,
        messageOf(answer.text),
        answer.retryAfter,
        remedyOfStatus(answer.status, cluster.names),
      )
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
        // It names already what did not answer.
        if (error instanceof ExpectedError && error.code === 'UPSTREAM_TIMEOUT') throw error
        throwIfStopped(options.signal, 'Kubernetes')
        throw error
      })
      return parseInSlices('Kubernetes', schema, body, options.signal)
    },
  }
}

async function send(
  url: URL,
  init: RequestInit,
  limit: Parameters<typeof readText>[1],
  signal: AbortSignal,
  deadline: AbortSignal,
  cluster: ClusterAccess,
) {
  try {
    const { status, headers, body } = await fetch(url, init)
    const text = await readText(body, status >= 300 ? { maxBytes: MAX_ERROR_BYTES } : limit)
    const contentType = headers.get('content-type')
    // A container may log HTML, which is sent as plain text.
    const isPage = /\bhtml\b/i.test(contentType ?? '')
    const page = { status, contentType, location: headers.get('location'), text: isPage ? text : '' }
    const failure = cluster.failureOfPage(page)
    if (failure) throw failure
    return { status, retryAfter: headers.get('retry-after'), text }
  } catch (cause) {
    if (cause instanceof ExpectedError) throw cause
    throwIfStopped(signal, 'Kubernetes')
    throw deadline.aborted
      ? new ExpectedError('unavailable', 'UPSTREAM_TIMEOUT', 'Kubernetes did not answer in time.', { cause })
      : cluster.unreachable(cause)
  }
}

function limitOf(
  { cutAtBytes }: Call,
  backpressure: Backpressure | undefined,
): Parameters<typeof readText>[1] {
  if (cutAtBytes !== undefined) return { maxBytes: cutAtBytes, backpressure }
  const tooLarge = () => responseTooLarge('Kubernetes', LIMITS.answerBytes)
  return { maxBytes: LIMITS.answerBytes, tooLarge, backpressure }
}

function urlOf(server: string, path: string, { query = {} }: Call): URL {
  const url = new URL(server + path)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function initOf(
  { method = 'GET', body, contentType, accept }: Call,
  headers: Record<string, string>,
): RequestInit {
  return {
    method,
    redirect: 'manual',
    headers: {
      accept: accept ?? 'application/json, */*',
      ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  }
}

function messageOf(text: string): string {
  try {
    return z.looseObject({ message: z.string() }).safeParse(parseJson(text).value).data?.message ?? ''
  } catch {
    return ''
  }
}
