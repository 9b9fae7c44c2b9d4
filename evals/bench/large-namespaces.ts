import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createLog } from '@goalixa/chassis/log'
import { createPool } from '@goalixa/chassis/postgres'
import { createControlPlane } from '@goalixa/kubernetes-api-emulator/create-control-plane'
import { createSupervisor } from '@goalixa/sandbox/platform/create-supervisor'
import { startDatabase } from '@goalixa/sandbox/platform/start-database'
import { type Kind, pathOf } from '@goalixa/tools/kubernetes/kinds'
import { createAnsweringServer } from '@goalixa/tools/testing/answering-server'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { startCountingProxy } from '@goalixa/tools/testing/start-counting-proxy'
import { megabytes } from '../megabytes.ts'
import { readWorkerManifest } from '../read-worker-manifest.ts'
import { type BenchObject, BROKEN, buildNamespace, buildNodes, buildPods } from './namespace-objects.ts'
import { printBound } from './print-bound.ts'

// The same incident in namespaces of 100, 1,000 and 5,000 pods beside 10,000 pods in others, in one run: what a real worker reads of the
// Kubernetes API, how long it takes from the alert to the verdict, and its memory; beside what kubectl reads of the same namespace.
const SIZES = [100, 1_000, 5_000]
const OTHER_NAMESPACES = 10
const PODS_OF_OTHERS = 1_000
const TOKEN = 'benchmark-token'
const WRITES = 16
const MAX_SECONDS_RATIO = 2
const MAX_BYTES_RATIO = 3
const MAX_MEMORY_BYTES = 400 * 2 ** 20
const TIMEOUT_MS = 120_000

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error('Interrupted.')))
const dataDir = await mkdtemp(join(tmpdir(), 'goalixa-namespaces-'))
await chmod(dataDir, 0o711)
const supervisor = await createSupervisor({ logsDir: join(dataDir, 'logs'), signal: ending.signal })
const log = createLog({ service: 'bench', level: 'silent' })
const controlPlane = createControlPlane({ token: 'admin', log, runsControllers: false })
const cluster = await controlPlane.start()
const proxy = await startCountingProxy(cluster.url)
// No alert is listed and nothing is measured: what counts is what is read of Kubernetes.
const prometheus = await createAnsweringServer(({ path }) => ({
  body: {
    status: 'success',
    data: path.startsWith('/api/v1/alerts') ? { alerts: [] } : { resultType: 'matrix', result: [] },
  },
}))
try {
  // The first one warms the worker up.
  const namespaces = [100, ...SIZES].map((pods, index) => ({ pods, namespace: `size-${pods}-${index}` }))
  await fill(namespaces)
  const database = await startDatabase(supervisor, dataDir)
  const systems = {
    KUBECONFIG: kubeconfigFor(proxy.url, 'admin'),
    PROMETHEUS_URL: prometheus.url,
  }
  const api = await startProcess('syntra-api', { SYNTRA_WEBHOOK_TOKEN: TOKEN })
  const { nodeFlags } = await readWorkerManifest()
  const worker = await startProcess('syntra-worker', { ...systems, NODE_OPTIONS: nodeFlags.join(' ') })
  const pool = createPool({ url: database.syntraUrl, name: 'bench' })

  const measured = []
  for (const { pods, namespace } of namespaces) {
    proxy.take()
    await deliver(namespace)
    const { seconds, cause } = await untilVerdict(namespace)
    const reads = proxy.take()
    const startedAt = performance.now()
    for (const kind of ['Pod', 'Deployment', 'ReplicaSet', 'Event'] as const) await listAll(kind, namespace)
    const kubectl = { ...proxy.take(), seconds: (performance.now() - startedAt) / 1000 }
    measured.push({ pods, seconds, cause, ...reads, kubectl, memory: await peakBytes(worker.pid) })
  }
  const [, smallest, ...larger] = measured
  const largest = larger.at(-1)
  if (smallest === undefined || largest === undefined) throw new Error('Nothing was measured.')
  for (const { pods, requests, bytes, seconds, memory, cause, kubectl } of measured.slice(1))
    process.stdout.write(
      `${String(pods).padStart(5)} pods: ${requests} reads, ${kilobytes(bytes)}, ${seconds.toFixed(2)} s to the verdict (${cause}), worker at most ${megabytes(memory)}; kubectl get pods,deploy,rs,events: ${kubectl.requests} reads, ${kilobytes(kubectl.bytes)}, ${kubectl.seconds.toFixed(2)} s\n`,
    )
  const beside = `the same among ${smallest.pods} pods`
  const bounds = [
    printBound(
      'alert to verdict',
      largest.seconds * 1000,
      smallest.seconds * 1000,
      MAX_SECONDS_RATIO,
      beside,
    ),
    printBound('bytes read', largest.bytes, smallest.bytes, MAX_BYTES_RATIO, beside, kilobytes),
    printBound('memory of the worker', largest.memory, MAX_MEMORY_BYTES, 1, 'the limit', megabytes),
  ]
  const isRight = measured.every(({ cause }) => cause === 'RELEASE_CRASHES_AT_START')
  process.exitCode = isRight && bounds.every(isKept => isKept) ? 0 : 1
  await pool.end()

  async function untilVerdict(namespace: string): Promise<{ seconds: number; cause: string }> {
    const deadline = performance.now() + TIMEOUT_MS
    for (;;) {
      const { rows } = await pool.query<{ seconds: number; cause: string | null }>(
        `SELECT extract(epoch FROM i.verdict_at - i.created_at)::float AS seconds, i.verdict->'causes'->0->>'code' AS cause
         FROM incidents n JOIN investigations i ON i.incident_id = n.id
         WHERE n.namespace = $1 AND i.state NOT IN ('queued', 'running')`,
        [namespace],
      )
      const [row] = rows
      if (row) return { seconds: row.seconds, cause: row.cause ?? 'no cause' }
      if (performance.now() > deadline)
        throw new Error(`No verdict for ${namespace} in ${TIMEOUT_MS / 1000} s.`)
      await wait(50)
    }
  }

  async function startProcess(name: 'syntra-api' | 'syntra-worker', env: Record<string, string>) {
    const [port, metricsPort] = await Promise.all([findFreePort(), findFreePort()])
    const child = supervisor.service(name, name === 'syntra-api' ? 'syntra/api.ts' : 'syntra/worker.ts', {
      DATABASE_URL: database.syntraUrl,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'warn',
      ...env,
    })
    await supervisor.untilHttp(`http://127.0.0.1:${port}/readyz`)
    return { url: `http://127.0.0.1:${port}`, pid: child.pid }
  }

  async function deliver(namespace: string) {
    const labels = {
      alertname: 'KubePodCrashLooping',
      namespace,
      pod: BROKEN.pod,
      container: BROKEN.name,
      severity: 'warning',
    }
    const alert = { status: 'firing', labels, annotations: {}, startsAt: new Date().toISOString() }
    await send(`${api.url}/v1/alerts`, TOKEN, {
      version: '4',
      alerts: [{ ...alert, endsAt: '0001-01-01T00:00:00Z' }],
    })
  }
} finally {
  await supervisor.stop()
  await Promise.all([proxy.close(), prometheus.close(), controlPlane.stop()])
  await rm(dataDir, { recursive: true, force: true })
}
process.exit()

async function fill(namespaces: { namespace: string; pods: number }[]) {
  const others = Array.from({ length: OTHER_NAMESPACES }, (_, index) => `other-${index}`)
  for (const name of [...namespaces.map(({ namespace }) => namespace), ...others])
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const objects = [
    ...buildNodes(OTHER_NAMESPACES * PODS_OF_OTHERS + Math.max(...SIZES)),
    ...namespaces.flatMap(({ namespace, pods }) => buildNamespace(namespace, pods)),
    ...others.flatMap(name => buildPods(name, PODS_OF_OTHERS)),
  ]
  let next = 0
  await Promise.all(
    Array.from({ length: WRITES }, async () => {
      for (let object = objects[next++]; object !== undefined; object = objects[next++]) await create(object)
    }),
  )
}

async function create(object: BenchObject): Promise<void> {
  const { kind, metadata, status } = object
  const collection = `${cluster.url}${pathOf(kind as Kind, metadata.namespace ?? null)}`
  const created = await send(collection, 'admin', object)
  if (status === undefined || kind === 'Node') return
  await send(`${collection}/${metadata.name}/status`, 'admin', { ...(created as object), status }, 'PUT')
}

/** Reads a list as kubectl does, 500 objects a page. */
async function listAll(kind: Kind, namespace: string): Promise<void> {
  let next = ''
  do {
    const url = new URL(proxy.url + pathOf(kind, namespace))
    url.searchParams.set('limit', '500')
    if (next !== '') url.searchParams.set('continue', next)
    const response = await fetch(url, { headers: { authorization: 'Bearer admin' } })
    const { metadata } = (await response.json()) as { metadata?: { continue?: string } }
    next = metadata?.continue ?? ''
  } while (next !== '')
}

async function send(url: string, token: string, body: unknown, method = 'POST'): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** The most memory that a process has had so far; 0 where it is not known: only Linux has /proc. */
async function peakBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} kB`
}
