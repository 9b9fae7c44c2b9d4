import type { IncomingMessage, ServerResponse } from 'node:http'
import { createLog } from '@goalixa/chassis/log'
import { createHttpAndHttpsServer } from '@goalixa/emulators-shared/http/create-http-and-https-server'
import { createSelfSignedCertificate } from '@goalixa/emulators-shared/http/create-self-signed-certificate'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import { secondsAgo } from './build-objects.ts'
import { buildPodStatus } from './build-pod-status.ts'
import type { PodObject, Symptom } from './object-fault.ts'

type Options = {
  client: KubernetesClient
  name: string
  symptomOf: (pod: PodObject) => Symptom | undefined
  taints?: object[]
}

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const MERGE = 'application/merge-patch+json'
const HEARTBEAT_MS = 10_000

/** Runs a node that runs nothing: it reports its pods as a kubelet would, with the symptoms of their fault. */
export async function runReportingNode({ client, name, symptomOf, taints = [] }: Options) {
  const logs = new Map<string, string>()
  const reported = new Set<string>()
  const certificate = await createSelfSignedCertificate(name)
  const server = createHttpAndHttpsServer({ host: '127.0.0.1', port: 0, ...certificate, listener: sendLog })
  const port = await server.listen()
  let addresses = 0

  async function report(pod: PodObject): Promise<void> {
    const { namespace, name: podName, uid, deletionTimestamp } = pod.metadata
    const path = `/api/v1/namespaces/${namespace}/pods/${podName}`
    if (deletionTimestamp) {
      await client.request('DELETE', path, { body: { gracePeriodSeconds: 0, preconditions: { uid } } })
      return
    }
    if (reported.has(uid)) return
    reported.add(uid)
    const symptom = symptomOf(pod)
    addresses += 1
    const podIp = `10.1.${addresses >> 8}.${addresses & 255}`
    logs.set(`${namespace}/${podName}`, symptom?.log ?? '')
    logs.set(`${namespace}/${podName}/previous`, symptom?.previousLog ?? '')
    for (const event of symptom?.events ?? []) await record(pod, event)
    const status = buildPodStatus(pod, podIp, symptom)
    await client.request('PATCH', `${path}/status`, { body: { status }, contentType: MERGE })
  }

  async function record(pod: PodObject, { reason, message }: { reason: string; message: string }) {
    const { namespace, name: podName, uid } = pod.metadata
    const time = secondsAgo(0)
    await client.request('POST', `/api/v1/namespaces/${namespace}/events`, {
      body: {
        metadata: { generateName: `${podName}.` },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: podName, uid },
        reason,
        message,
        type: 'Warning',
        source: { component: 'kubelet', host: name },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 3,
      },
    })
  }

  function sendLog({ url = '' }: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(url, 'http://kubelet')
    const [, , namespace, pod] = pathname.split('/')
    const isPrevious = searchParams.get('previous') === 'true'
    const text = logs.get(`${namespace}/${pod}${isPrevious ? '/previous' : ''}`)
    const stamp = searchParams.get('timestamps') === 'true' ? `${secondsAgo(9)} ` : ''
    response.end(text ? `${stamp}${text}` : '')
  }

  const pods = watchObjects<PodObject>({
    client,
    log: createLog({ service: name, level: 'silent' }),
    path: '/api/v1/pods',
    query: { fieldSelector: `spec.nodeName=${name}` },
    onChange(change, pod) {
      // It may be gone already.
      if (change !== 'deleted') report(pod).catch(() => {})
    },
  })
  const lease = () => ({
    holderIdentity: name,
    leaseDurationSeconds: 40,
    renewTime: new Date().toISOString().replace('Z', '000Z'),
  })
  await client.request('POST', '/api/v1/nodes', {
    body: { metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: { taints } },
  })
  await client.request('PATCH', `/api/v1/nodes/${name}/status`, {
    body: { status: nodeStatus(port) },
    contentType: MERGE,
  })
  await client.request('POST', LEASES, { body: { metadata: { name }, spec: lease() } })
  await pods.start()
  const heartbeat = setInterval(() => {
    client
      .request('PATCH', `${LEASES}/${name}`, { body: { spec: lease() }, contentType: MERGE })
      .catch(() => {})
  }, HEARTBEAT_MS)

  return {
    /** Whether the node has reported a pod. */
    hasReported: (pod: PodObject) => reported.has(pod.metadata.uid),
    /** Stops the heartbeats: the node controller then marks the node and its pods. */
    loseContact() {
      clearInterval(heartbeat)
    },
    async stop() {
      clearInterval(heartbeat)
      pods.stop()
      await server.close()
    },
  }
}
export type ReportingNode = Awaited<ReturnType<typeof runReportingNode>>

function nodeStatus(port: number) {
  const size = { cpu: '64', memory: '256Gi', pods: '250' }
  const times = { lastHeartbeatTime: secondsAgo(0), lastTransitionTime: secondsAgo(0) }
  return {
    capacity: size,
    allocatable: size,
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', ...times }],
  }
}
