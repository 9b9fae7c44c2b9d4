import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type AlertStore, startAlertStore } from '../testing/start-alert-store.ts'
import { alertOf } from './alert.ts'

let store: AlertStore
beforeAll(async () => {
  store = await startAlertStore()
})
afterEach(() => store.clear())
afterAll(() => store.stop())

const titles = async () => (await store.readIncidents()).map(({ title }) => title)
const messages = async () =>
  (await store.pool.query<{ message: string }>('SELECT message FROM timeline ORDER BY id')).rows.map(
    ({ message }) => message,
  )

const STATE_METRICS = {
  job: 'kube-state-metrics',
  service: 'monitoring-kube-state-metrics',
  endpoint: 'http',
  instance: '10.42.9.105:8080',
  prometheus: 'monitoring/monitoring-prometheus',
}
const crashLoop = (container: string, pod: string) => ({
  alertname: 'KubePodCrashLooping',
  ...STATE_METRICS,
  namespace: 'payroll',
  container,
  pod,
  reason: 'CrashLoopBackOff',
})

test('alerts of two workloads that kube-state-metrics reports on are two incidents, named after the workloads', async () => {
  await store.deliver(
    [crashLoop('runner', 'runner-849ffcf9c7-wbmvz'), crashLoop('ledger', 'ledger-5c9d5b7f6d-k2j8s')],
    { batch: 2 },
  )
  expect(await store.readIncidents()).toMatchObject([
    { title: 'KubePodCrashLooping on payroll/runner', investigations: 1 },
    { title: 'KubePodCrashLooping on payroll/ledger', investigations: 1 },
  ])
})

test('alerts about a Deployment, its pods and its Service are one incident', async () => {
  await store.deliver([
    crashLoop('runner', 'runner-849ffcf9c7-wbmvz'),
    {
      alertname: 'KubeDeploymentReplicasMismatch',
      ...STATE_METRICS,
      namespace: 'payroll',
      deployment: 'runner',
    },
    { alertname: 'ErrorsHigh', namespace: 'payroll', service: 'runner' },
  ])
  expect(await titles()).toEqual(['KubePodCrashLooping on payroll/runner'])
})

test('alerts about one node or one volume claim are one incident each, not of the namespace of their exporter', async () => {
  const exporter = {
    ...STATE_METRICS,
    namespace: 'monitoring',
    pod: 'monitoring-kube-state-metrics-6c8f5d7b9-x2k4q',
  }
  await store.deliver([
    { alertname: 'KubeNodeNotReady', ...exporter, node: 'worker-3' },
    {
      alertname: 'NodeDiskIOSaturation',
      job: 'node-exporter',
      namespace: 'monitoring',
      instance: 'worker-3:9100',
    },
    { alertname: 'KubeNodeNotReady', ...exporter, node: 'worker-4' },
    {
      alertname: 'KubePersistentVolumeFillingUp',
      job: 'kubelet',
      namespace: 'data',
      persistentvolumeclaim: 'data-0',
    },
    {
      alertname: 'KubePersistentVolumeInodesFillingUp',
      job: 'kubelet',
      namespace: 'data',
      persistentvolumeclaim: 'data-0',
    },
  ])
  expect(await titles()).toEqual([
    'KubeNodeNotReady on node worker-3',
    'KubeNodeNotReady on node worker-4',
    'KubePersistentVolumeFillingUp on PersistentVolumeClaim data/data-0',
  ])
  const { rows } = await store.pool.query('SELECT DISTINCT namespace FROM incidents ORDER BY namespace')
  expect(rows).toEqual([{ namespace: 'data' }, { namespace: null }])
})

test('alerts that fire by design are stored and open no incident, also where one is open', async () => {
  await store.deliver([
    { alertname: 'Errors', namespace: 'shop', service: 'web' },
    { alertname: 'Watchdog', severity: 'none' },
    {
      alertname: 'InfoInhibitor',
      severity: 'none',
      namespace: 'shop',
      pod: 'web-7f9d8c6b5f-abcd0',
      container: 'web',
    },
    { alertname: 'DeadMansSwitch', severity: 'none' },
    { alertname: 'Watchdog', severity: 'critical' },
  ])
  expect(await titles()).toEqual(['Errors on shop/web'])
  const { rows } = await store.pool.query(
    'SELECT name, incident_id IS NULL AS alone FROM alerts ORDER BY starts_at',
  )
  expect(rows.map(({ name, alone }) => [name, alone])).toEqual([
    ['Errors', false],
    ['Watchdog', true],
    ['InfoInhibitor', true],
    ['DeadMansSwitch', true],
    ['Watchdog', true],
  ])
})

test('five resolved occurrences and a firing one of an alert in one delivery are one incident with one investigation', async () => {
  const labels = {
    alertname: 'HighMemory',
    namespace: 'shop',
    pod: 'web-7f9d8c6b5f-abcd0',
    severity: 'warning',
  }
  const at = (minute: number) => new Date(store.startMs + minute * 60_000).toISOString()
  const over = [0, 1, 2, 3, 4].map(minute =>
    alertOf({ status: 'resolved', labels, startsAt: at(minute), endsAt: at(minute + 0.5) }),
  )
  await store.ingest([...over, alertOf({ status: 'firing', labels, startsAt: at(5) })], new Date(at(6)))
  expect(await store.readIncidents()).toMatchObject([{ title: 'HighMemory on shop/web', investigations: 1 }])
})

const mismatch = (cluster: string, namespace = 'frontend') => ({
  alertname: 'KubeDeploymentReplicasMismatch',
  cluster,
  namespace,
  deployment: 'web',
})

test('the same alert of two clusters is two incidents, each with its cluster in the title', async () => {
  await store.deliver([mismatch('us-1'), mismatch('eu-1')], { batch: 2 })
  expect(await titles()).toEqual([
    'KubeDeploymentReplicasMismatch on frontend/web in cluster us-1',
    'KubeDeploymentReplicasMismatch on frontend/web in cluster eu-1',
  ])
})

test('of a cluster that this Syntra does not serve alerts are kept, and reported as out of reach instead of investigated', async () => {
  await store.deliver([mismatch('us-1'), mismatch('eu-1')], { cluster: 'us-1' })
  const incidents = await store.readIncidents()
  expect(incidents.map(({ title, investigations }) => [title, investigations])).toEqual([
    ['KubeDeploymentReplicasMismatch on frontend/web in cluster us-1', 1],
    ['KubeDeploymentReplicasMismatch on frontend/web in cluster eu-1', 0],
  ])
  expect(
    (await messages()).filter(message => message.includes('us-1, ') || message.includes('serves')),
  ).toEqual([
    'No investigation starts: the alert is of cluster eu-1, and this Syntra serves us-1. The Syntra of cluster eu-1 investigates it.',
  ])
})

test('an alert without a cluster label is of the cluster that is served', async () => {
  const { cluster: _, ...unlabelled } = mismatch('us-1')
  await store.deliver([mismatch('us-1'), unlabelled], { cluster: 'us-1' })
  expect(await titles()).toEqual(['KubeDeploymentReplicasMismatch on frontend/web in cluster us-1'])
})

test('alerts of another cluster neither make nor join a storm of a namespace of this one', async () => {
  const alerts = Array.from({ length: 8 }, (_, index) => ({
    namespace: 'shop',
    service: `service-${index}`,
    cluster: index % 2 === 0 ? 'us-1' : 'eu-1',
  }))
  await store.deliver(alerts, { cluster: 'us-1' })
  expect(await titles()).toHaveLength(8)
})

test('where no setting says which cluster is served, a storm still has the alerts of one cluster only, and its name', async () => {
  const alerts = Array.from({ length: 8 }, (_, index) => ({
    namespace: 'shop',
    service: `service-${index}`,
    site: index % 2 === 0 ? 'us-1' : 'eu-1',
  }))
  await store.deliver(alerts, { clusterLabels: ['site'] })
  expect(await titles()).toHaveLength(8)
  const more = Array.from({ length: 3 }, (_, index) => ({
    namespace: 'shop',
    service: `more-${index}`,
    site: 'eu-1',
  }))
  await store.deliver([...more, { namespace: 'shop', service: 'more-0', site: 'us-1' }], {
    clusterLabels: ['site'],
  })
  expect((await titles()).slice(8)).toEqual([
    '3 alerts on namespace shop in cluster eu-1 within 1 minute',
    '1 alert on namespace shop in cluster us-1 within 1 minute',
  ])
  const { rows } = await store.pool.query(
    `SELECT data FROM timeline JOIN incidents storm ON storm.id = incident_id
     WHERE kind = 'incidents-linked' AND storm_label IS NOT NULL`,
  )
  expect(rows.map(({ data }) => data.incidents.length)).toEqual([4, 4])
})

test('alerts of one name that are about the cluster as a whole are one incident', async () => {
  await store.deliver([
    { alertname: 'KubeAPIErrorBudgetBurn', long: '1h', short: '5m' },
    { alertname: 'KubeAPIErrorBudgetBurn', long: '6h', short: '30m' },
    { alertname: 'KubeSchedulerDown' },
    { alertname: 'KubeAPIErrorBudgetBurn', long: '1h', short: '5m', cluster: 'eu-1' },
  ])
  expect(await store.readIncidents()).toMatchObject([
    { title: 'KubeAPIErrorBudgetBurn', investigations: 1 },
    { title: 'KubeSchedulerDown', investigations: 1 },
    { title: 'KubeAPIErrorBudgetBurn on cluster eu-1', investigations: 1 },
  ])
})
