import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createLog } from '@goalixa/chassis/log'
import type { Event, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import { eventually, type TestCluster } from '@goalixa/emulators-shared/testing/start-test-cluster'
import { readKubeletConfig } from '../config.ts'
import { createKubelet } from '../create-kubelet.ts'

const PROGRAM = `
import http from 'node:http'
console.log('started with', process.env.GREETING)
process.on('SIGTERM', () => {
  console.log('asked to end')
  if (!process.env.STUBBORN) process.exit(0)
})
const memory = []
let isAlive = true
http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://pod')
  if (pathname === '/ready') return response.end('ok')
  if (pathname === '/alive') return response.writeHead(isAlive ? 200 : 500).end()
  if (pathname === '/hang') isAlive = false
  if (pathname === '/crash') process.exit(3)
  if (pathname === '/leak') for (let i = 0; i < 300; i++) memory.push(Buffer.alloc(1024 * 1024, 1))
  if (pathname === '/call') {
    const answer = await fetch(request.headers['x-url']).then(r => r.text(), error => 'failed ' + error.cause.code)
    return response.end(answer)
  }
  if (pathname !== '/') return response.writeHead(404).end()
  response.end('hello from ' + process.env.HOSTNAME)
}).listen(8080, process.env.HOST)
`

/**
 * Writes an image `registry.test/shop/web:1`, whose program serves what tests request, and returns the settings of a
 * node for a test.
 */
export function testNodeEnv(cluster: TestCluster) {
  const program = join(cluster.folder, 'program.mjs')
  writeFileSync(program, PROGRAM)
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    NODE_NAME: 'node-1',
    NODE_IP: cluster.address(1),
    POD_CIDR: cluster.podCidr,
    IMAGES_DIR: join(cluster.folder, 'images'),
    DATA_DIR: join(cluster.folder, 'kubelet'),
    KUBELET_PORT: '10250',
    BACKOFF_SCALE: '20',
    INGRESS_IP: cluster.address(2),
    PATH: process.env.PATH ?? '',
    LOG_LEVEL: 'error',
  }
  const file = join(env.IMAGES_DIR, 'registry.test/shop/web/1.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ command: ['node', program] }))
  return env
}

/** Starts a node of the test cluster, with access to its pods. */
export async function startTestNode(cluster: TestCluster) {
  const env = testNodeEnv(cluster)
  const config = readKubeletConfig(env)
  const kubelet = createKubelet({ config, log: createLog({ service: 'kubelet', level: 'error' }) })
  await kubelet.start()
  const podPath = (name: string) => `/api/v1/namespaces/shop/pods/${name}`
  const getPod = (name: string) => cluster.client.request<Pod>('GET', podPath(name))
  return {
    env,
    stop: kubelet.stop,
    getPod,
    /** Creates a pod with one container `web`, bound to the node. */
    runPod: (name: string, container: object = {}, spec: object = {}) =>
      cluster.create<Pod>('/api/v1/namespaces/shop/pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels: { app: name } },
        spec: {
          nodeName: 'node-1',
          containers: [{ name: 'web', image: 'registry.test/shop/web:1', ...container }],
          ...spec,
        },
      }),
    /** Resolves with the pod once it fulfils the condition. */
    podWhen: (name: string, isExpected: (pod: Pod) => boolean | undefined) =>
      eventually(async () => {
        const pod = await getPod(name)
        return isExpected(pod) ? pod : undefined
      }),
    deletePod: (name: string, gracePeriodSeconds: number) =>
      cluster.client.request('DELETE', podPath(name), {
        body: { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds },
      }),
    async messagesOf(name: string, reason: string) {
      const { items } = await cluster.client.request<{ items: Event[] }>(
        'GET',
        '/api/v1/namespaces/shop/events',
      )
      return items
        .filter(event => event.involvedObject.name === name && event.reason === reason)
        .map(event => event.message ?? '')
    },
    /** Sends a request to the kubelet's server. */
    ask: (path: string) =>
      fetch(`http://${env.NODE_IP}:${env.KUBELET_PORT}${path}`).then(response => response.text()),
    /** Sends a request to the pod's program. */
    call: async (name: string, path: string, headers: Record<string, string> = {}) => {
      const { status } = await getPod(name)
      return fetch(`http://${status?.podIP}:8080${path}`, { headers }).then(response => response.text())
    },
  }
}
