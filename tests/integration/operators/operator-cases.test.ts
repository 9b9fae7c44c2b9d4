import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  containerStatus,
  deployment,
  ended,
  job,
  minutesAgo,
  node,
  ownedBy,
  pod,
  unreadyStatus,
} from './cluster-objects.ts'
import { startCases } from './start-case.ts'

// Reports of operators, each with the objects that its cluster had, delivered as the public rules fire.
const NODES = [node('worker-1'), node('worker-2')]
const KUBE_STATE_METRICS = {
  job: 'kube-state-metrics',
  service: 'kps-kube-state-metrics',
  endpoint: 'http',
  instance: '10.42.9.105:8080',
  container: 'kube-state-metrics',
  prometheus: 'monitoring/kps-prometheus',
}

let cases: Awaited<ReturnType<typeof startCases>>
beforeAll(async () => {
  cases = await startCases()
})
afterAll(() => cases.stop())

test('a failed Job of a CronJob is explained by the log of its pod', async () => {
  const name = 'account-import-29169240'
  const createdAt = minutesAgo(40)
  const { verdict, incidents } = await cases.investigate({
    objects: [
      ...NODES,
      ...deployment({ namespace: 'finance', name: 'app' }),
      job(
        { namespace: 'finance', name },
        {
          createdAt,
          owner: ownedBy('batch/v1', 'CronJob', 'account-import'),
          status: {
            failed: 3,
            startTime: createdAt,
            conditions: [
              {
                type: 'Failed',
                status: 'True',
                reason: 'BackoffLimitExceeded',
                message: 'Job has reached the specified backoff limit',
                lastTransitionTime: minutesAgo(30),
              },
            ],
          },
        },
      ),
      pod({
        namespace: 'finance',
        name: `${name}-x7k2p`,
        createdAt: minutesAgo(35),
        labels: { 'job-name': name },
        owner: ownedBy('batch/v1', 'Job', name),
        status: unreadyStatus('Failed', minutesAgo(35), {
          containerStatuses: [containerStatus('main', { state: ended(1, 'Error', 33) })],
        }),
      }),
    ],
    logs: {
      [`${name}-x7k2p/main`]: `${minutesAgo(33)} Starting import for account 01\n${minutesAgo(33)} Error: 401 Unauthorized: access token expired, please renew the bank consent\n`,
    },
    alerts: [
      {
        startsAt: minutesAgo(14),
        labels: {
          ...KUBE_STATE_METRICS,
          alertname: 'KubeJobFailed',
          namespace: 'finance',
          job_name: name,
          pod: 'kps-kube-state-metrics-77678594d6-gsd29',
          condition: 'true',
          severity: 'warning',
        },
      },
    ],
  })
  expect(incidents).toHaveLength(1)
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ code: 'JOB_FAILED', subject: { kind: 'Job', name } }],
  })
  expect(verdict.message).toContain('access token expired')
})

test('a pod of a workflow that waits for an OOM-killed init container is explained by its memory limit', async () => {
  const name = 'wf-nightly-1282933487'
  const createdAt = minutesAgo(70)
  const waiting = { state: { waiting: { reason: 'PodInitializing' } }, started: false }
  const { verdict } = await cases.investigate({
    objects: [
      ...NODES,
      ...deployment({ namespace: 'etl', name: 'api' }),
      pod({
        namespace: 'etl',
        name,
        createdAt,
        labels: { 'workflows.argoproj.io/workflow': 'wf-nightly' },
        owner: ownedBy('argoproj.io/v1alpha1', 'Workflow', 'wf-nightly'),
        initContainers: [{ name: 'init', resources: { limits: { memory: '32Mi' } } }],
        containers: [{ name: 'wait' }, { name: 'main' }],
        spec: { restartPolicy: 'Never' },
        status: unreadyStatus('Pending', createdAt, {
          initContainerStatuses: [containerStatus('init', { state: ended(0, 'OOMKilled', 69) })],
          containerStatuses: [containerStatus('wait', waiting), containerStatus('main', waiting)],
        }),
      }),
    ],
    alerts: [
      {
        startsAt: minutesAgo(2),
        labels: { alertname: 'KubePodNotReady', namespace: 'etl', pod: name, severity: 'warning' },
      },
    ],
  })
  expect(verdict).toMatchObject({ outcome: 'cause', causes: [{ code: 'MEMORY_LIMIT_HIT' }] })
  expect(verdict.message).toContain(`container init of ${name} was OOM-killed at its memory limit of 32 MiB`)
})

const NODE_EXPORTER = {
  job: 'node-exporter',
  service: 'kps-node-exporter',
  pod: 'kps-node-exporter-x7k2p',
  container: 'node-exporter',
  namespace: 'monitoring',
  instance: '10.0.0.5:9100',
}
const withAddress = (name: string, condition: Record<string, unknown>) =>
  node(name, {
    status: {
      addresses: [{ type: 'InternalIP', address: '10.0.0.5' }],
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: minutesAgo(9_000) },
        { lastTransitionTime: minutesAgo(12), ...condition },
      ],
    },
  })

test('an alert about a node that its exporter knows by address is investigated as the node of that address', async () => {
  const { verdict, incidents, investigation } = await cases.investigate({
    objects: [
      node('worker-1'),
      withAddress('worker-2', { type: 'DiskPressure', status: 'True', message: 'kubelet has disk pressure' }),
      ...deployment({ namespace: 'monitoring', name: 'grafana' }),
    ],
    alerts: [
      {
        startsAt: minutesAgo(10),
        labels: {
          ...NODE_EXPORTER,
          alertname: 'NodeFilesystemAlmostOutOfSpace',
          mountpoint: '/',
          severity: 'warning',
        },
      },
    ],
  })
  expect(incidents).toMatchObject([{ namespace: null, service: null }])
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ code: 'NODE_UNDER_PRESSURE', subject: { kind: 'Node', name: 'worker-2' } }],
  })
  expect(investigation.reads.couldNotRead).toBe(0)
})

test('an alert about a healthy node says so, and lists nothing as unread that was not asked for', async () => {
  const { verdict } = await cases.investigate({
    objects: [withAddress('worker-2', { type: 'DiskPressure', status: 'False' })],
    alerts: [
      {
        startsAt: minutesAgo(10),
        labels: { ...NODE_EXPORTER, alertname: 'NodeClockSkewDetected', severity: 'warning' },
      },
    ],
  })
  expect(verdict).toMatchObject({ outcome: 'inconclusive', unread: [], causes: [] })
  expect(verdict.message).toBe(
    'Alert “NodeClockSkewDetected” is firing, but nothing that was read explains it. Node worker-2 is Ready and reports no pressure.',
  )
})

test('an alert about a target of the cluster itself is investigated without any namespace', async () => {
  const { verdict } = await cases.investigate({
    objects: [node('worker-1'), node('worker-2', { isReady: false })],
    alerts: [
      {
        startsAt: minutesAgo(10),
        labels: { alertname: 'KubeletDown', job: 'kubelet', severity: 'critical' },
      },
    ],
  })
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ subject: { kind: 'Node', name: 'worker-2' } }],
  })
})

test('completed pods and a Job that succeeded after retries are not blamed for a burn rate', async () => {
  const owner = ownedBy('batch/v1', 'Job', 'dataloader')
  const { verdict } = await cases.investigate({
    objects: [
      ...NODES,
      ...deployment({ namespace: 'smoke', name: 'api', replicas: 2 }),
      job(
        { namespace: 'smoke', name: 'dataloader' },
        {
          createdAt: minutesAgo(30),
          status: {
            failed: 2,
            succeeded: 1,
            completionTime: minutesAgo(20),
            conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(20) }],
          },
        },
      ),
      pod({
        namespace: 'smoke',
        name: 'dataloader-djj5f',
        createdAt: minutesAgo(29),
        owner,
        containers: [{ name: 'dataloader' }, { name: 'sidecar' }],
        status: unreadyStatus('Succeeded', minutesAgo(20), {
          containerStatuses: [
            containerStatus('dataloader', { state: ended(0, 'Completed', 20) }),
            containerStatus('sidecar', { state: ended(255, 'Error', 20) }),
          ],
        }),
      }),
      pod({
        namespace: 'smoke',
        name: 'dataloader-f7rl4',
        createdAt: minutesAgo(30),
        owner,
        status: unreadyStatus('Failed', minutesAgo(29), {
          containerStatuses: [containerStatus('main', { state: ended(1, 'Error', 29) })],
        }),
      }),
    ],
    alerts: [
      {
        startsAt: minutesAgo(5),
        labels: { alertname: 'ApiErrorBudgetBurn', namespace: 'smoke', service: 'api', severity: 'critical' },
      },
    ],
  })
  expect(verdict).toMatchObject({ outcome: 'inconclusive', causes: [] })
  expect(JSON.stringify(verdict)).not.toContain('dataloader')
})
