import { writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import type { Node, Pod } from '@goalixa/emulators-shared/kubernetes/objects'
import {
  eventually,
  startTestCluster,
  type TestCluster,
} from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestNode } from './testing/start-test-node.ts'

let cluster: TestCluster
let node: Awaited<ReturnType<typeof startTestNode>>

beforeAll(async () => {
  cluster = await startTestCluster()
  node = await startTestNode(cluster)
})
afterAll(async () => {
  await node?.stop({ graceMs: 200 })
  await cluster?.stop()
})

const webOf = (pod: Pod) => pod.status?.containerStatuses?.[0]
const isReady = (pod: Pod) => webOf(pod)?.ready
const READY_PROBE = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 }
// Starting a process may take a while on a busy machine.
const STARTUP_PROBE = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 30 }
const PORTS = [{ name: 'http', containerPort: 8080 }]

test('the node is registered as ready, with its address and the port of its server', async () => {
  const registered = await cluster.client.request<Node>('GET', '/api/v1/nodes/node-1')
  expect(registered.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
  expect(registered.status?.addresses).toContainEqual({ type: 'InternalIP', address: node.env.NODE_IP })
  expect(registered.status?.daemonEndpoints?.kubeletEndpoint?.Port).toBe(10_250)
})

// As a real API server asks, which does not verify the certificate either.
test('the server answers over HTTPS too', async () => {
  const body = await new Promise<string>((resolve, reject) => {
    const url = `https://${node.env.NODE_IP}:${node.env.KUBELET_PORT}/healthz`
    get(url, { rejectUnauthorized: false }, response => {
      response.once('data', chunk => resolve(String(chunk)))
    }).once('error', reject)
  })
  expect(body).toBe('ok')
})

test('a pod gets its own address and environment, and becomes ready once its probe succeeds', async () => {
  await cluster.create('/api/v1/namespaces/shop/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'greetings' },
    data: { short: 'hi' },
  })
  await node.runPod('greeter', {
    ports: PORTS,
    readinessProbe: READY_PROBE,
    env: [
      { name: 'SHORT', valueFrom: { configMapKeyRef: { name: 'greetings', key: 'short' } } },
      { name: 'GREETING', value: '$(SHORT) there' },
    ],
    resources: { limits: { memory: '512Mi' } },
  })
  const pod = await node.podWhen('greeter', isReady)
  expect(pod.status).toMatchObject({ phase: 'Running', hostIP: node.env.NODE_IP })
  expect(pod.status?.conditions?.filter(({ status }) => status === 'True').map(({ type }) => type)).toEqual(
    expect.arrayContaining(['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']),
  )
  expect(webOf(pod)).toMatchObject({
    started: true,
    restartCount: 0,
    imageID: expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
  })
  expect(await node.call('greeter', '/')).toBe('hello from greeter')
  expect(await node.ask('/containerLogs/shop/greeter/web')).toBe('started with hi there\n')
  expect(await eventually(async () => (await node.messagesOf('greeter', 'Started'))[0])).toBe(
    'Started container web',
  )
  const metrics = await eventually(async () => {
    const text = await node.ask('/metrics/cadvisor')
    return text.includes('pod="greeter"') && text
  })
  expect(metrics).toMatch(
    /container_memory_working_set_bytes\{namespace="shop",pod="greeter",container="web".*\} [1-9]\d{6,}/,
  )
  expect(metrics).toMatch(/container_spec_memory_limit_bytes\{.*pod="greeter".*\} 536870912/)
})

test('a crashing container is restarted with backoff, and the log of the previous run can be read', async () => {
  await node.runPod('crasher', { command: ['sh', '-c', 'echo "run $(date +%N)"; exit 3'] })
  const pod = await node.podWhen('crasher', seen => {
    const web = webOf(seen)
    // Delays grow: from here on they are at least two seconds.
    return web?.state?.waiting?.reason === 'CrashLoopBackOff' && web.restartCount >= 3
  })
  expect(pod.status?.phase).toBe('Running')
  expect(webOf(pod)).toMatchObject({
    ready: false,
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  })
  expect(webOf(pod)?.state?.waiting?.message).toMatch(
    /^back-off \d+s restarting failed container=web pod=crasher_shop\(/,
  )
  const [current, previous] = [
    await node.ask('/containerLogs/shop/crasher/web'),
    await node.ask('/containerLogs/shop/crasher/web?previous=true&timestamps=true'),
  ]
  expect(previous).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z run \d+\n$/)
  expect(previous).not.toContain(current.trim())
  expect(await eventually(async () => (await node.messagesOf('crasher', 'BackOff'))[0])).toMatch(
    /^Back-off restarting failed container web in pod crasher_shop\(/,
  )
})

test('an image that the registry does not have is ErrImagePull, then ImagePullBackOff, until it is pushed', async () => {
  await node.runPod('early', { image: 'registry.test/shop/web:2' })
  const failed = await node.podWhen('early', pod => webOf(pod)?.state?.waiting?.reason === 'ErrImagePull')
  expect(webOf(failed)?.state?.waiting?.message).toContain('manifest unknown')
  expect(failed.status?.phase).toBe('Pending')
  await node.podWhen('early', pod => webOf(pod)?.state?.waiting?.reason === 'ImagePullBackOff')
  expect((await node.messagesOf('early', 'Failed'))[0]).toMatch(
    /^Failed to pull image "registry.test\/shop\/web:2": .*manifest unknown/,
  )
  const command = ['node', join(cluster.folder, 'program.mjs')]
  writeFileSync(join(node.env.IMAGES_DIR, 'registry.test/shop/web/2.json'), JSON.stringify({ command }))
  await node.podWhen('early', isReady)
})

test('a missing config key is reported and blocks the container until the key is added', async () => {
  await node.runPod('unconfigured', {
    env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'late', key: 'greeting' } } }],
  })
  const waitsFor = (message: string) =>
    node.podWhen('unconfigured', pod => {
      const waiting = webOf(pod)?.state?.waiting
      return waiting?.reason === 'CreateContainerConfigError' && waiting.message === message
    })
  await waitsFor('configmap "late" not found')
  const path = '/api/v1/namespaces/shop/configmaps'
  await cluster.create(path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' }, data: {} })
  await waitsFor("couldn't find key greeting in ConfigMap shop/late")
  const contentType = 'application/merge-patch+json'
  await cluster.client.request('PATCH', `${path}/late`, {
    contentType,
    body: { data: { greeting: 'at last' } },
  })
  await node.podWhen('unconfigured', isReady)
  expect(await node.messagesOf('unconfigured', 'Failed')).toContain(
    "Error: couldn't find key greeting in ConfigMap shop/late",
  )
})

test('a process over its memory limit is killed, with reason OOMKilled and exit code 137', async () => {
  await node.runPod('greedy', {
    ports: PORTS,
    readinessProbe: READY_PROBE,
    resources: { limits: { memory: '200Mi' } },
  })
  await node.podWhen('greedy', isReady)
  await node.call('greedy', '/leak').catch(() => {})
  const pod = await node.podWhen('greedy', seen => webOf(seen)?.restartCount === 1)
  expect(webOf(pod)?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
})

test('a pod whose readiness probe requests a missing path keeps running, is not ready, and reports the failure', async () => {
  await node.runPod('unready', {
    ports: PORTS,
    readinessProbe: { httpGet: { path: '/nowhere', port: 'http' }, periodSeconds: 1 },
  })
  const message = await eventually(async () =>
    (await node.messagesOf('unready', 'Unhealthy')).find(text => text.includes('statuscode')),
  )
  expect(message).toBe('Readiness probe failed: HTTP probe failed with statuscode: 404')
  const pod = await node.getPod('unready')
  expect(pod.status?.phase).toBe('Running')
  expect(pod.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [web]',
  })
  expect(webOf(pod)).toMatchObject({ restartCount: 0, ready: false })
})

test('a container whose liveness probe fails is restarted', async () => {
  const livenessProbe = { httpGet: { path: '/alive', port: 8080 }, periodSeconds: 1, failureThreshold: 2 }
  await node.runPod('hanging', {
    ports: PORTS,
    startupProbe: STARTUP_PROBE,
    livenessProbe,
    readinessProbe: READY_PROBE,
  })
  await node.podWhen('hanging', isReady)
  await node.call('hanging', '/hang')
  await node.podWhen('hanging', pod => (webOf(pod)?.restartCount ?? 0) > 0 && isReady(pod))
  expect(await node.messagesOf('hanging', 'Unhealthy')).toContain(
    'Liveness probe failed: HTTP probe failed with statuscode: 500',
  )
  expect(await node.messagesOf('hanging', 'Killing')).toContain(
    'Container web failed liveness probe, will be restarted',
  )
})

test('init containers run in order before the main container and share their volume with it', async () => {
  const volumeMounts = [{ name: 'shared', mountPath: '/data' }]
  const say = (name: string, script: string) => ({
    name,
    image: 'registry.test/shop/web:1',
    command: ['sh', '-c', script],
    volumeMounts,
  })
  await node.runPod(
    'prepared',
    { command: ['sh', '-c', 'cat "$SANDBOX_ROOT/data/file"'], volumeMounts },
    {
      restartPolicy: 'Never',
      volumes: [{ name: 'shared', emptyDir: {} }],
      initContainers: [
        say('first', 'sleep 0.3; echo one >> "$SANDBOX_ROOT/data/file"'),
        say('second', 'echo two >> "$SANDBOX_ROOT/data/file"'),
      ],
    },
  )
  const pod = await node.podWhen('prepared', seen => seen.status?.phase === 'Succeeded')
  expect(pod.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.reason)).toEqual([
    'Completed',
    'Completed',
  ])
  expect(await node.ask('/containerLogs/shop/prepared/web')).toBe('one\ntwo\n')
})

describe('the termination of a pod', () => {
  test('a process that exits on SIGTERM ends before its grace period', async () => {
    await node.runPod('polite', { ports: PORTS, readinessProbe: READY_PROBE })
    const pod = await node.podWhen('polite', isReady)
    const log = fetch(`http://${node.env.NODE_IP}:10250/containerLogs/shop/polite/web?follow=true`)
    const startedAt = Date.now()
    await node.deletePod('polite', 30)
    await eventually(() =>
      node.getPod('polite').then(
        () => false,
        error => error.kind === 'missing',
      ),
    )
    expect(Date.now() - startedAt).toBeLessThan(10_000)
    expect(await (await log).text()).toMatch(/asked to end\n$/)
    await expect(fetch(`http://${pod.status?.podIP}:8080/`)).rejects.toThrow()
  })

  test('a process that ignores SIGTERM is killed at the end of its grace period', async () => {
    await node.runPod('stubborn', {
      ports: PORTS,
      readinessProbe: READY_PROBE,
      env: [{ name: 'STUBBORN', value: 'yes' }],
    })
    const pod = await node.podWhen('stubborn', isReady)
    await node.deletePod('stubborn', 1)
    await eventually(() =>
      node.getPod('stubborn').then(
        () => false,
        error => error.kind === 'missing',
      ),
    )
    await expect(fetch(`http://${pod.status?.podIP}:8080/`)).rejects.toThrow()
  })
})

test('a Service forwards to the currently ready pods, refuses connections without any, and resolves by name in pods', async () => {
  await node.runPod('server', { ports: PORTS, readinessProbe: READY_PROBE })
  await node.runPod('caller', { ports: PORTS, readinessProbe: READY_PROBE })
  const service = await cluster.create<{ spec: { clusterIP: string } }>('/api/v1/namespaces/shop/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop-web' },
    spec: { selector: { app: 'server' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  })
  await node.podWhen('caller', isReady)
  const call = (url: string) => node.call('caller', '/call', { 'x-url': url })
  await eventually(async () => (await call('http://shop-web/')) === 'hello from server')
  expect(await call('http://shop-web.shop.svc.cluster.local/')).toBe('hello from server')
  expect(await call('http://nobody/')).toBe('failed ENOTFOUND')
  await node.deletePod('server', 1)
  await eventually(async () => (await call(`http://${service.spec.clusterIP}/`)) === 'failed ECONNREFUSED')
})
