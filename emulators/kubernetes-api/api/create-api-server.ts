import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '@goalixa/chassis/log'
import { createHttpAndHttpsServer } from '@goalixa/emulators-shared/http/create-http-and-https-server'
import { createSelfSignedCertificate } from '@goalixa/emulators-shared/http/create-self-signed-certificate'
import type { Cluster } from '../registry/cluster.ts'
import { StatusError, statusOf } from '../registry/status-error.ts'
import { authenticate, type Tokens } from './authenticate.ts'
import { handleRequest } from './handle-request.ts'
import { json, send } from './reply.ts'
import { type ApiRequest, readBody } from './request.ts'
import { rejectUnsupported } from './unsupported.ts'

type Options = { cluster: Cluster; tokens: Tokens; host: string; port: number; log: Log }

/** Creates the HTTP side of the API server: probes without a token, everything else with one. */
export function createApiServer({ cluster, tokens, host, port, log }: Options) {
  const stopping = new AbortController()
  const listener = (message: IncomingMessage, response: ServerResponse) => {
    answer(message, response).catch(error => send(response, failure(error, log, message)))
  }
  let server: ReturnType<typeof createHttpAndHttpsServer> | undefined

  async function answer(message: IncomingMessage, response: ServerResponse) {
    const url = new URL(message.url ?? '/', 'http://localhost')
    if (PROBES.has(url.pathname)) return send(response, { code: 200, body: 'ok', contentType: 'text/plain' })
    const user = authenticate(message.headers.authorization, tokens)
    rejectUnsupported(url.pathname, message.headers)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const request: ApiRequest = {
      method: message.method ?? 'GET',
      path: url.pathname.replace(/(.)\/+$/, '$1'),
      query: url.searchParams,
      accept: message.headers.accept ?? '*/*',
      contentType: (message.headers['content-type'] ?? '').split(';')[0] ?? '',
      user,
      userAgent: message.headers['user-agent'] ?? '',
      body: message.method === 'GET' ? undefined : await readBody(message),
      signal: AbortSignal.any([gone.signal, stopping.signal]),
    }
    const reply = await handleRequest(cluster, request)
    if (typeof reply === 'function') await reply(response)
    else send(response, reply)
  }

  return {
    /** Resolves with the URL, which serves HTTP and HTTPS, and the certificate of HTTPS. */
    async start(): Promise<{ url: string; certificate: string }> {
      const { key, cert } = await createSelfSignedCertificate('kubernetes-api-emulator', cluster.now())
      server = createHttpAndHttpsServer({ host, port, key, cert, listener })
      return { url: `http://${host}:${await server.listen()}`, certificate: cert }
    },
    async stop(): Promise<void> {
      stopping.abort()
      await server?.close()
    },
  }
}

const PROBES = new Set(['/livez', '/readyz', '/healthz'])

function failure(error: unknown, log: Log, { method, url }: IncomingMessage) {
  if (error instanceof StatusError) return json(error.code, statusOf(error))
  if (error instanceof URIError)
    return json(400, statusOf(new StatusError(400, 'BadRequest', 'the path is not correctly encoded')))
  log.error({ err: error, method, path: url?.split('?')[0] }, 'request failed')
  return json(500, statusOf(new StatusError(500, 'InternalError', 'Internal error occurred')))
}
