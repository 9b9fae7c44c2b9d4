import type { IncomingMessage, ServerResponse } from 'node:http'
import { createLog } from '@goalixa/chassis/log'
import { createHttpAndHttpsServer } from '@goalixa/emulators-shared/http/create-http-and-https-server'
import { createSelfSignedCertificate } from '@goalixa/emulators-shared/http/create-self-signed-certificate'
import { createKubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { ClusterAccess } from '@goalixa/emulators-shared/kubernetes/read-kubeconfig'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import type { Json } from './json.ts'

/** The name of the node, by which tests recognise it. */
export const TEST_NODE = 'test-node'
/** A node whose lease is older than 40 seconds is no longer ready. */
const HEARTBEAT_MS = 10_000
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const MERGE = 'application/merge-patch+json'

/**
 * Runs a minimal node: registers itself, reports every assigned pod as running and ready, confirms deletions, and
 * serves logs and metrics like a kubelet. An image with the tag `broken` never becomes ready.
 */
export async function runTestNode({ access }: { access: ClusterAccess }) {
  const certificate = await createSelfSignedCertificate(TEST_NODE)
  const server = createHttpAndHttpsServer({
    host: '127.0.0.1',
    port: 0,
    ...certificate,
    listener: answerAsKubelet,
  })
  const port = await server.listen()
  const client = createKubernetesClient(access, { userAgent: TEST_NODE })
  let lastAddress = 0

  async function serve({ metadata, spec, status }: Json) {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
    if (metadata.deletionTimestamp) {
      const uid = { preconditions: { uid: metadata.uid } }
      return client.request('DELETE', path, { body: { gracePeriodSeconds: 0, ...uid } })
    }
    if (status.podIP) return undefined
    lastAddress += 1
    const podIp = `10.0.${lastAddress >> 8}.${lastAddress & 255}`
    return client.request('PATCH', `${path}/status`, {
      body: { status: runningStatus(spec, podIp) },
      contentType: MERGE,
    })
  }

  const pods = watchObjects<Json>({
    client,
    log: createLog({ service: TEST_NODE, level: 'silent' }),
    path: '/api/v1/pods',
    query: { fieldSelector: `spec.nodeName=${TEST_NODE}` },
    onChange(change, pod) {
      // It may be gone already.
      if (change !== 'deleted') serve(pod).catch(() => {})
    },
  })
  const beat = () =>
    client
      .request('PATCH', `${LEASES}/${TEST_NODE}`, { body: { spec: leaseSpec() }, contentType: MERGE })
      .catch(() => {})

  await client.request('POST', '/api/v1/nodes', { body: nodeObject(port) })
  await client.request('POST', LEASES, { body: { metadata: { name: TEST_NODE }, spec: leaseSpec() } })
  await pods.start()
  const heartbeat = setInterval(beat, HEARTBEAT_MS)

  return {
    async stop() {
      clearInterval(heartbeat)
      pods.stop()
      client.close()
      await server.close()
    },
  }
}

function leaseSpec() {
  const renewTime = new Date().toISOString().replace('Z', '000Z')
  return { holderIdentity: TEST_NODE, leaseDurationSeconds: 40, renewTime }
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

function nodeObject(port: number) {
  const room = { cpu: '8', memory: '16Gi', pods: '110' }
  const time = new Date().toISOString().replace(/\.\d+/, '')
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: TEST_NODE, labels: { 'kubernetes.io/hostname': TEST_NODE } },
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
