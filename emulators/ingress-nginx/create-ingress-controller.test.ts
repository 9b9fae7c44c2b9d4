import http from 'node:http'
import { createLog } from '@goalixa/chassis/log'
import type { Ingress } from '@goalixa/emulators-shared/kubernetes/objects'
import {
  eventually,
  startTestCluster,
  type TestCluster,
} from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIngressConfig } from './config.ts'
import { createIngressController } from './create-ingress-controller.ts'

let cluster: TestCluster
let edge: ReturnType<typeof createIngressController>
let ports: { port: number; metricsPort: number }
let backend: http.Server
const BACKEND_PORT = 18_080

beforeAll(async () => {
  cluster = await startTestCluster()
  backend = http.createServer(async (request, response) => {
    if (request.url === '/break') return request.socket.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }))
  })
  await new Promise<void>(resolve => backend.listen(BACKEND_PORT, cluster.address(3), resolve))
  const kubernetes = (
    path: string,
    kind: string,
    metadata: { name: string; labels?: object },
    rest: object,
  ) => cluster.create(path, { kind, metadata, ...rest })
  for (const name of ['echo', 'nobody'])
    await kubernetes(
      '/api/v1/namespaces/shop/services',
      'Service',
      { name },
      {
        apiVersion: 'v1',
        spec: { ports: [{ name: 'http', port: 80, targetPort: BACKEND_PORT }] },
      },
    )
  const sliceMetadata = { name: 'echo-1', labels: { 'kubernetes.io/service-name': 'echo' } }
  await kubernetes(
    '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
    'EndpointSlice',
    sliceMetadata,
    {
      apiVersion: 'discovery.k8s.io/v1',
      addressType: 'IPv4',
      ports: [{ name: 'http', port: BACKEND_PORT, protocol: 'TCP' }],
      // Two of the three endpoints do not listen: a request must reach the one that does.
      endpoints: [4, 3, 5].map(last => ({ addresses: [cluster.address(last)], conditions: { ready: true } })),
    },
  )
  const path = (prefix: string, name: string) => ({
    path: prefix,
    pathType: 'Prefix',
    backend: { service: { name, port: { name: 'http' } } },
  })
  await kubernetes(
    '/apis/networking.k8s.io/v1/namespaces/shop/ingresses',
    'Ingress',
    { name: 'app' },
    {
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        ingressClassName: 'nginx',
        rules: [{ host: 'app.test', http: { paths: [path('/', 'echo'), path('/nobody', 'nobody')] } }],
      },
    },
  )
  const config = readIngressConfig({
    KUBECONFIG: cluster.kubeconfig,
    HOST: cluster.address(2),
    PORT: '0',
    METRICS_PORT: '0',
    DEFAULT_HOST: 'app.test',
  })
  edge = createIngressController({ config, log: createLog({ service: 'ingress', level: 'error' }) })
  ports = await edge.start()
})
afterAll(async () => {
  await edge?.stop()
  backend?.close()
  backend?.closeAllConnections()
  await cluster?.stop()
})

const ask = (path: string, options?: RequestInit) =>
  fetch(`http://${cluster.address(2)}:${ports.port}${path}`, options)

test('a request reaches a listening endpoint with its body, headers and client address', async () => {
  const body = 'x'.repeat(200_000)
  const response = await ask('/v1/tasks?limit=2', {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer t', traceparent: 'p' },
  })
  const seen = await response.json()
  expect(seen).toMatchObject({ method: 'POST', url: '/v1/tasks?limit=2', body })
  expect(seen.headers).toMatchObject({
    authorization: 'Bearer t',
    traceparent: 'p',
    'x-forwarded-for': expect.stringMatching(/^127\./),
    'x-forwarded-host': `${cluster.address(2)}:${ports.port}`,
    'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

test('answers 503 without endpoints, 502 if the endpoint resets the connection, and 404 for an unknown host', async () => {
  expect((await ask('/nobody/at/home')).status).toBe(503)
  expect((await ask('/break', { method: 'POST', body: 'once' })).status).toBe(502)
  const unknown = await new Promise(resolve =>
    http.get({ host: cluster.address(2), port: ports.port, headers: { host: 'nobody.test' } }, response => {
      response.resume()
      resolve(response.statusCode)
    }),
  )
  expect(unknown).toBe(404)
})

test('counts requests under the metric names of ingress-nginx', async () => {
  await ask('/v1/tasks')
  const metrics = await (await fetch(`http://${cluster.address(2)}:${ports.metricsPort}/metrics`)).text()
  const labels =
    'namespace="shop",ingress="app",service="echo",host="app.test",path="/",method="GET",status="200"'
  expect(metrics).toContain(`nginx_ingress_controller_requests{${labels}} `)
  expect(metrics).toContain(`nginx_ingress_controller_request_duration_seconds_count{${labels}} `)
})

test('publishes its address in the status of the Ingress', async () => {
  await eventually(async () => {
    const path = '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/app'
    const { status } = await cluster.client.request<Ingress>('GET', path)
    return status?.loadBalancer?.ingress?.[0]?.ip === cluster.address(2)
  })
})
