import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLog } from '@goalixa/chassis/log'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { type Kind, pathOf } from '@goalixa/tools/kubernetes/kinds'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { startCountingProxy } from '@goalixa/tools/testing/start-counting-proxy'
import type { ClusterObject } from './cluster-objects.ts'

/** What the kubelet answers for `<pod>/<container>`, with `/previous` behind it for the run before. */
export type Logs = Record<string, string>

const log = createLog({ service: 'test', level: 'silent' })

/**
 * Starts the emulated Kubernetes API with exactly these objects: no controller runs, so that statuses stay as they are, and each object
 * is created at its own `creationTimestamp`. Its nodes' kubelet has these logs.
 */
export async function startCluster(objects: readonly ClusterObject[], logs: Logs = {}) {
  let now = new Date()
  const kubelet = await startKubelet(logs)
  const controlPlane = createControlPlane({ token: 'admin', log, now: () => now, runsControllers: false })
  const { url } = await controlPlane.start()
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  for (const name of namespaces) await send('POST', '/api/v1/namespaces', { metadata: { name } })
  for (const object of objects) {
    now = new Date(object.metadata.creationTimestamp ?? Date.now())
    await create(object.kind === 'Node' ? withKubelet(object, kubelet.port) : object)
  }
  now = new Date()
  const proxy = await startCountingProxy(url)

  return {
    kubeconfig: kubeconfigFor(proxy.url, 'admin'),
    /** The requests, and the bytes of their answers, since the last call. */
    takeCount: proxy.take,
    async stop() {
      await Promise.all([proxy.close(), controlPlane.stop(), kubelet.stop()])
    },
  }

  async function create(object: ClusterObject): Promise<void> {
    const { kind, metadata } = object
    const namespace = metadata.namespace ?? null
    const created = await send('POST', pathOf(kind as Kind, namespace), object)
    if (object.status === undefined || kind === 'Node') return
    await send('PUT', `${pathOf(kind as Kind, namespace, metadata.name)}/status`, {
      ...created,
      status: object.status,
    })
  }

  async function send(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: 'Bearer admin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }
}

function withKubelet(node: ClusterObject, port: number): ClusterObject {
  const endpoint = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  }
  return { ...node, status: { ...endpoint, ...node.status } }
}

async function startKubelet(logs: Logs) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://kubelet')
    const [, , , pod = '', container = ''] = pathname.split('/')
    const isPrevious = searchParams.get('previous') === 'true'
    const text = logs[`${pod}/${container}${isPrevious ? '/previous' : ''}`]
    response.writeHead(text === undefined ? 400 : 200, { 'content-type': 'text/plain' })
    response.end(text ?? `previous terminated container "${container}" in pod "${pod}" not found`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
