import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@goalixa/chassis/log'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { createServiceDirectory } from '@goalixa/emulators-shared/kubernetes/create-service-directory'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'
import { readKubeconfig } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import type { IngressConfig } from './config.ts'
import { createEdgeMetrics } from './create-edge-metrics.ts'
import { createMetricsServer } from './create-metrics-server.ts'
import { createRouteTable, type Route } from './create-route-table.ts'
import { dropHopByHopHeaders, forwardRequest, type Target } from './forward-request.ts'
import { publishAddress } from './publish-address.ts'

/** Creates an ingress controller that serves the Ingress objects of class nginx over plain HTTP. */
export function createIngressController({ config, log }: { config: IngressConfig; log: Log }) {
  const client = createKubernetesClient(readKubeconfig(config.KUBECONFIG), { userAgent: 'ingress/sandbox' })
  const metrics = createEdgeMetrics()
  const metricsServer = createMetricsServer({
    host: config.HOST,
    port: config.METRICS_PORT,
    registry: metrics.registry,
  })
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 60_000 })
  const directory = createServiceDirectory({ client, log, onChange: () => {} })
  let routes = createRouteTable([])
  let turn = 0
  const ingresses = watchObjects<Ingress>({
    client,
    log,
    path: '/apis/networking.k8s.io/v1/ingresses',
    onChange: (change, ingress) => {
      routes = createRouteTable(ingresses.list())
      if (change !== 'deleted') void publishAddress({ client, ingress, address: config.HOST, log })
    },
  })
  const server = http.createServer((request, response) => {
    serve(request, response).catch(error => {
      log.error({ err: error }, 'request failed')
      sendPage(response, 500)
    })
  })

  async function serve(request: http.IncomingMessage, response: http.ServerResponse) {
    if (config.EDGE_LATENCY_MS > 0) await sleep(config.EDGE_LATENCY_MS)
    const startedAt = performance.now()
    const [path = '/', query] = splitOnce(request.url ?? '/', '?')
    const route = routes.find(hostOf(request.headers.host, config.DEFAULT_HOST), path)
    if (!route) return sendPage(response, 404)
    const targets = targetsOf(route)
    const outcome =
      targets.length === 0
        ? { status: 503, failed: true }
        : await forwardRequest({
            request,
            response,
            targets,
            agent,
            path: `${route.rewrite?.(path) ?? path}${query === undefined ? '' : `?${query}`}`,
            headers: forwardedHeaders(request),
            readTimeoutMs: route.readTimeoutMs,
          })
    if (outcome.failed) sendPage(response, outcome.status)
    const seconds = (performance.now() - startedAt) / 1_000
    metrics.observe(route, { ...outcome, method: request.method ?? 'GET', seconds })
  }

  // Endpoints rotate, so that a retry reaches another one.
  function targetsOf({ namespace, service, port }: Route): Target[] {
    const ports = directory.service(namespace, service)?.spec?.ports ?? []
    const wanted = ports.find(candidate => candidate.name === port || candidate.port === port)
    if (!wanted) return []
    const ready = directory
      .endpointsOf(namespace, service)
      .filter(({ isReady, portName }) => isReady && portName === (wanted.name ?? ''))
    const first = ready.length === 0 ? 0 : turn++ % ready.length
    return [...ready.slice(first), ...ready.slice(0, first)]
  }

  return {
    /** Listens once the Ingresses are known; resolves with both ports. */
    async start() {
      await Promise.all([directory.start(), ingresses.start()])
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host: config.HOST, port: config.PORT }, resolve)
      })
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : config.PORT
      const metricsPort = await metricsServer.start()
      log.info({ host: config.HOST, port, metricsPort }, 'ingress controller started')
      return { port, metricsPort }
    },
    async stop() {
      for (const part of [directory, ingresses]) part.stop()
      const closed = new Promise(resolve => server.close(resolve))
      server.closeIdleConnections()
      await Promise.race([closed, sleep(2_000, undefined, { ref: false })])
      server.closeAllConnections()
      agent.destroy()
      await metricsServer.stop()
      client.close()
      log.info('ingress controller stopped')
    },
  }
}

function hostOf(header: string | undefined, defaultHost: string): string {
  const host = (header ?? '').replace(/:\d+$/, '').toLowerCase()
  return /^(localhost|127(\.\d+){3}|\[::1\])?$/.test(host) ? defaultHost : host
}

// Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#use-forwarded-headers (off)
function forwardedHeaders(request: http.IncomingMessage): http.OutgoingHttpHeaders {
  const host = request.headers.host ?? ''
  const address = (request.socket.remoteAddress ?? '').replace('::ffff:', '')
  return {
    ...dropHopByHopHeaders(request.headers),
    ...(request.headers['transfer-encoding'] ? { 'transfer-encoding': 'chunked' } : {}),
    'x-request-id': request.headers['x-request-id'] ?? randomBytes(16).toString('hex'),
    'x-real-ip': address,
    'x-forwarded-for': address,
    'x-forwarded-host': host,
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
    'x-forwarded-scheme': 'http',
    'x-scheme': 'http',
  }
}

function sendPage(response: http.ServerResponse, status: number) {
  if (response.headersSent) return response.destroy()
  const title = `${status} ${status === 503 ? 'Service Temporarily Unavailable' : http.STATUS_CODES[status]}`
  response.writeHead(status, { 'content-type': 'text/html' })
  response.end(
    `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`,
  )
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
