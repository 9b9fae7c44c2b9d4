import { createLog } from '@goalixa/chassis/log'
import {
  eventually,
  startTestCluster,
  type TestCluster,
} from '@goalixa/emulators-shared/testing/start-test-cluster'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStateMetricsConfig } from './config.ts'
import { createStateMetrics } from './create-state-metrics.ts'

let cluster: TestCluster
let metrics: ReturnType<typeof createStateMetrics>
let port: number

beforeAll(async () => {
  cluster = await startTestCluster()
  const config = readStateMetricsConfig({ KUBECONFIG: cluster.kubeconfig, PORT: '0' })
  metrics = createStateMetrics({ config, log: createLog({ service: 'state-metrics', level: 'error' }) })
  port = await metrics.start()
})
afterAll(async () => {
  await metrics?.stop()
  await cluster?.stop()
})

const scrape = () => fetch(`http://127.0.0.1:${port}/metrics`).then(response => response.text())
const patchStatus = (path: string, status: object) =>
  cluster.client.request('PATCH', `${path}/status`, {
    contentType: 'application/merge-patch+json',
    body: { status },
  })

test('reports phase, readiness, reasons, restarts and resources of a crashing pod', async () => {
  await cluster.create('/api/v1/namespaces/shop/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', labels: { 'app.kubernetes.io/name': 'web' } },
    spec: {
      nodeName: 'node-1',
      containers: [
        { name: 'web', image: 'i', resources: { limits: { memory: '64Mi' }, requests: { cpu: '50m' } } },
      ],
    },
  })
  await patchStatus('/api/v1/namespaces/shop/pods/web-1', {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        name: 'web',
        image: 'i',
        imageID: '',
        ready: false,
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  })
  const text = await eventually(async () => {
    const seen = await scrape()
    return seen.includes('OOMKilled') && seen
  })
  for (const line of [
    'kube_pod_status_phase{namespace="shop",pod="web-1",uid="U",phase="Running"} 1',
    'kube_pod_status_ready{namespace="shop",pod="web-1",uid="U",condition="true"} 0',
    'kube_pod_container_status_waiting_reason{namespace="shop",pod="web-1",uid="U",container="web",reason="CrashLoopBackOff"} 1',
    'kube_pod_container_status_last_terminated_reason{namespace="shop",pod="web-1",uid="U",container="web",reason="OOMKilled"} 1',
    'kube_pod_container_status_last_terminated_exitcode{namespace="shop",pod="web-1",uid="U",container="web"} 137',
    'kube_pod_container_status_restarts_total{namespace="shop",pod="web-1",uid="U",container="web"} 7',
    'kube_pod_container_resource_limits{namespace="shop",pod="web-1",uid="U",container="web",node="node-1",resource="memory",unit="byte"} 67108864',
    'kube_pod_container_resource_requests{namespace="shop",pod="web-1",uid="U",container="web",node="node-1",resource="cpu",unit="core"} 0.05',
    'kube_pod_labels{namespace="shop",pod="web-1",uid="U",label_app_kubernetes_io_name="web"} 1',
  ])
    expect(text.replace(/uid="[^"]+"/g, 'uid="U"').split('\n')).toContain(line)
  expect(text).toContain('# TYPE kube_pod_container_status_restarts_total counter')
})

test('reports the desired and actual replicas of a deployment until it is deleted', async () => {
  const path = '/apis/apps/v1/namespaces/shop/deployments'
  await cluster.create(path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api' },
    spec: {
      replicas: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '40%', maxSurge: 1 } },
      selector: { matchLabels: { app: 'api' } },
      template: { metadata: { labels: { app: 'api' } }, spec: { containers: [{ name: 'api', image: 'i' }] } },
    },
  })
  const lines = await eventually(async () => {
    const seen = (await scrape()).split('\n')
    return seen.some(line => line.startsWith('kube_replicaset_owner{')) && seen
  })
  expect(lines).toContain('kube_deployment_spec_replicas{namespace="shop",deployment="api"} 3')
  expect(lines).toContain('kube_deployment_status_replicas_available{namespace="shop",deployment="api"} 0')
  expect(lines).toContain(
    'kube_deployment_spec_strategy_rollingupdate_max_unavailable{namespace="shop",deployment="api"} 1',
  )
  expect(lines.find(line => line.startsWith('kube_replicaset_owner{'))).toContain(
    'owner_kind="Deployment",owner_name="api"',
  )
  await cluster.client.request('DELETE', `${path}/api`)
  await eventually(
    async () => !(await scrape()).includes('kube_deployment_created{namespace="shop",deployment="api"}'),
  )
})
