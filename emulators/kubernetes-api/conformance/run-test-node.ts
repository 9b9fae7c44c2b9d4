import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Json } from './json.ts'

type Options = { url: string; token: string; name: string }

/**
 * Runs a minimal node: registers itself, reports every assigned pod as running and ready, confirms deletions, and
 * serves logs and metrics like a kubelet. An image with the tag `broken` never becomes ready.
 */
export async function runTestNode({ url, token, name }: Options) {
  const server = createServer(answerAsKubelet)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stopping = new AbortController()
  let lastAddress = 0

  async function send(method: string, path: string, body?: unknown, type = 'application/json') {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: stopping.signal,
    })
    await answer.arrayBuffer()
  }

  async function serve(pod: Json) {
    const { metadata, spec, status } = pod
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
    if (metadata.deletionTimestamp) return send('DELETE', path, { gracePeriodSeconds: 0 })
    if (status.podIP) return undefined
    return send(
      'PATCH',
      `${path}/status`,
      { status: runningStatus(spec, `10.0.0.${++lastAddress}`) },
      'application/merge-patch+json',
    )
  }

  await send('POST', '/api/v1/nodes', nodeObject(name, port))
  const answer = await fetch(new URL(`/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3D${name}`, url), {
    headers: { authorization: `Bearer ${token}` },
    signal: stopping.signal,
  })
  const input = Readable.fromWeb(answer.body as ReadableStream)
  const lines = createInterface({ input })
  // The watch ends with an abort.
  for (const source of [input, lines]) source.on('error', () => {})
  lines.on('line', line => {
    const { type, object } = JSON.parse(line) as { type: string; object: Json }
    if (type !== 'DELETED') serve(object).catch(() => {})
  })

  return {
    async stop() {
      stopping.abort()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function runningStatus(spec: Json, podIP: string) {
  const time = new Date().toISOString().replace(/\.\d+/, '')
  const isReady = !spec.containers.some((container: Json) => container.image.endsWith(':broken'))
  const condition = (type: string) => ({ type, status: isReady ? 'True' : 'False', lastTransitionTime: time })
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP: '127.0.0.1',
    startTime: time,
    conditions: [condition('Ready'), condition('ContainersReady')],
    containerStatuses: spec.containers.map(({ name, image }: Json) => ({
      name,
      image,
      imageID: image,
      ready: isReady,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: time } },
    })),
  }
}

function nodeObject(name: string, port: number) {
  const room = { cpu: '8', memory: '16Gi', pods: '110' }
  const time = new Date().toISOString().replace(/\.\d+/, '')
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    status: {
      capacity: room,
      allocatable: room,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      nodeInfo: { kubeletVersion: 'v1.32.0' },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          lastHeartbeatTime: time,
          lastTransitionTime: time,
        },
      ],
    },
  }
}

const startedAt = Date.now()

function answerAsKubelet({ url = '' }: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(url, 'http://kubelet')
  if (pathname === '/metrics/resource') {
    const seconds = (Date.now() - startedAt) / 1000
    const labels = 'container="web",namespace="top",pod="greeter"'
    response.end(
      [
        `node_cpu_usage_seconds_total ${seconds * 0.5} ${Date.now()}`,
        'node_memory_working_set_bytes 1073741824',
        `container_cpu_usage_seconds_total{${labels}} ${seconds * 0.25} ${Date.now()}`,
        `container_memory_working_set_bytes{${labels}} 67108864`,
      ].join('\n'),
    )
    return
  }
  const [, kind, namespace, pod, container] = pathname.split('/')
  if (kind !== 'containerLogs') {
    response.writeHead(404).end()
    return
  }
  const lines =
    searchParams.get('previous') === 'true'
      ? ['the run before']
      : ['first line', `${container} of ${namespace}/${pod}`, 'last line']
  const tail = searchParams.get('tailLines')
  response.end(`${(tail === null ? lines : lines.slice(-Number(tail))).join('\n')}\n`)
}
