import http from 'node:http'
import https from 'node:https'
import { createInterface } from 'node:readline'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { errorOfStatus } from './error-of-status.ts'
import type { ClusterAccess } from './read-kubeconfig.ts'

type Call = {
  query?: Record<string, string>
  body?: unknown
  /** The patch type of a PATCH. */
  contentType?: string
  signal?: AbortSignal
}
export type WatchEvent = { type: string; object: unknown }

/**
 * Creates a client of a Kubernetes API server that exchanges plain JSON. Throws ExpectedError: `missing` for 404,
 * `conflict` for 409 and 410 (code GONE), `unavailable` if the server is unreachable or answers 5xx.
 */
export function createKubernetesClient(access: ClusterAccess, { userAgent }: { userAgent: string }) {
  const transport = access.server.startsWith('https:') ? https : http
  const agent = new transport.Agent({ keepAlive: true, ...access.tls })

  function open(method: string, path: string, { query = {}, body, contentType, signal }: Call) {
    const url = new URL(access.server + path)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    const payload = body === undefined ? undefined : JSON.stringify(body)
    return new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = transport.request(
        url,
        {
          method,
          agent,
          signal,
          headers: {
            accept: 'application/json',
            'user-agent': userAgent,
            // Set explicitly: Node sends no length with DELETE, so the server would not read the body.
            ...(payload === undefined
              ? {}
              : {
                  'content-type': contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(payload),
                }),
            ...access.headers,
          },
        },
        resolve,
      )
      request.on('error', reject)
      request.end(payload)
    })
  }

  return {
    /** Makes one call. The response body is trusted to be a `T`, because the API server has validated it. */
    async request<T = unknown>(method: string, path: string, options: Call = {}): Promise<T> {
      const signal = AbortSignal.any([
        AbortSignal.timeout(15_000),
        ...(options.signal ? [options.signal] : []),
      ])
      const { status, text } = await open(method, path, { ...options, signal })
        .then(async response => ({ status: response.statusCode ?? 0, text: await textOf(response) }))
        .catch(cause => unreachable(cause, options.signal))
      if (status >= 400) throw errorOfStatus(status, text)
      return JSON.parse(text) as T
    },

    /**
     * Calls `onEvent` for each event of a watch until the server ends it. Throws the same errors as `request`, and for
     * an ERROR event in the stream.
     */
    async watch(
      path: string,
      query: Record<string, string>,
      onEvent: (event: WatchEvent) => void,
      signal: AbortSignal,
    ) {
      const response = await open('GET', path, { query: { ...query, watch: 'true' }, signal }).catch(cause =>
        unreachable(cause, signal),
      )
      if ((response.statusCode ?? 0) >= 400)
        throw errorOfStatus(response.statusCode ?? 0, await textOf(response))
      try {
        for await (const line of createInterface({ input: response, signal })) {
          if (line === '') continue
          const event = WatchLine.parse(JSON.parse(line))
          if (event.type === 'ERROR') throw errorOfStatus(codeOf(event.object), JSON.stringify(event.object))
          onEvent(event)
        }
      } finally {
        response.destroy()
      }
    },

    close() {
      agent.destroy()
    },
  }
}
export type KubernetesClient = ReturnType<typeof createKubernetesClient>

const WatchLine = z.looseObject({ type: z.string(), object: z.unknown() })

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function unreachable(cause: unknown, signal?: AbortSignal): never {
  signal?.throwIfAborted()
  throw new ExpectedError('unavailable', 'KUBERNETES_UNREACHABLE', 'The API server is unreachable.', {
    cause,
  })
}

function codeOf(status: unknown): number {
  return z.looseObject({ code: z.number() }).safeParse(status).data?.code ?? 500
}
