import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createPool } from '@goalixa/chassis/postgres'
import { createSupervisor } from '@goalixa/sandbox/platform/create-supervisor'
import { startDatabase } from '@goalixa/sandbox/platform/start-database'
import { z } from 'zod'
import { readWorkerManifest } from '../read-worker-manifest.ts'
import { startBareInsert } from './bare-insert.ts'
import { measureUrgent } from './measure-urgent.ts'
import { createMeasure, type Measure } from './measure-work.ts'
import { printBound } from './print-bound.ts'
import { printMeasure } from './print-measure.ts'

// A storm of 10,000 alerts over 500 services on a real API, a real worker and a real PostgreSQL, each measured beside the same
// thing without the storm, in the same run: whether deliveries are answered, and whether the urgent still comes first.
const STORM = 10_000
const SERVICES = 500
const NAMESPACES = 25
const GROUP = 1
const CONCURRENCY = 20
const TOKEN = 'benchmark-token'
const OPERATOR_KEY = 'operator-key-of-the-benchmark'
/** Urgent alerts and approved actions, of whose times the median counts. */
const SAMPLES = 5

const MAX_P99_RATIO = 2
const MAX_URGENT_RATIO = 3

const Counts = z.object({ alerts: z.int(), grouped: z.int(), incidents: z.int(), queued: z.int() })
type Counts = z.infer<typeof Counts>

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error('Interrupted.')))
const dataDir = await mkdtemp(join(tmpdir(), 'goalixa-storm-'))
await chmod(dataDir, 0o711)
const supervisor = await createSupervisor({ logsDir: join(dataDir, 'logs'), signal: ending.signal })
try {
  const database = await startDatabase(supervisor, dataDir)
  const api = await startProcess('syntra-api', 'syntra/api.ts', {
    SYNTRA_WEBHOOK_TOKEN: TOKEN,
    SYNTRA_BOOTSTRAP_KEYS: `bench:operator:${OPERATOR_KEY}`,
  })
  const { nodeFlags, memoryLimitBytes } = await readWorkerManifest()
  const target = await startProcess('target', 'evals/bench/storm-target.ts', {}, '/read/pods')
  const worker = await startProcess('syntra-worker', 'evals/bench/storm-worker.ts', {
    TARGET_URL: target.url,
    NODE_OPTIONS: nodeFlags.join(' '),
  })
  await database.administer('CREATE DATABASE bare')
  const bare = await startBareInsert(database.adminUrl.replace(/\/postgres$/, '/bare'))
  const pool = createPool({ url: database.syntraUrl, name: 'bench' })
  const urgent = (name: string) =>
    measureUrgent({ pool, name, samples: SAMPLES, apiUrl: api.url, operatorKey: OPERATOR_KEY, deliver })

  await urgent('warm')
  const idle = await urgent('idle')
  const peak = watchMemory(worker.pid)
  const { delivery, insert } = await storm()
  const stormy = await urgent('stormy')
  const { rows } = await pool.query<Counts>(
    `SELECT count(*)::int AS alerts, count(incident_id)::int AS grouped, count(DISTINCT incident_id)::int AS incidents,
            (SELECT count(*)::int FROM investigations WHERE state = 'queued') AS queued
     FROM alerts WHERE name = 'StormAlert'`,
  )
  const [counts] = z.tuple([Counts]).parse(rows)
  const memory = peak.stop()

  printMeasure(`${GROUP} alerts inserted, bare`, insert, insert)
  printMeasure(`${GROUP} alerts delivered`, delivery, insert)
  process.stdout.write(
    `${STORM} alerts: ${counts.alerts} stored, ${counts.grouped} in ${counts.incidents} incidents; ${counts.queued} investigations waited when the last urgent action began\n`,
  )
  const bounds = [
    printBound('p99 of a delivery', delivery.p99Ms, insert.p99Ms, MAX_P99_RATIO, 'a bare insert beside it'),
    printBound(
      'critical alert to its verdict',
      stormy.verdictMs,
      idle.verdictMs,
      MAX_URGENT_RATIO,
      'an idle system',
    ),
    printBound(
      'approval to the start of the action',
      stormy.startMs,
      idle.startMs,
      MAX_URGENT_RATIO,
      'an idle system',
    ),
    printBound(
      'memory of the worker, in bytes',
      memory,
      memoryLimitBytes,
      1,
      'the limit in k8s/syntra/worker.yaml',
    ),
  ]
  const isComplete =
    counts.alerts === STORM && counts.grouped === STORM && delivery.unexpected + insert.unexpected === 0
  if (!isComplete) process.stdout.write('Alerts are missing, or deliveries were refused.\n')
  process.exitCode = isComplete && bounds.every(isKept => isKept) ? 0 : 1
  await pool.end()
  await bare.stop()

  async function startProcess(name: string, main: string, env: Record<string, string>, path = '/readyz') {
    const [port, metricsPort] = await Promise.all([findFreePort(), findFreePort()])
    const child = supervisor.service(name, main, {
      DATABASE_URL: database.syntraUrl,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'warn',
      ...env,
    })
    const url = `http://127.0.0.1:${port}`
    await supervisor.untilHttp(`${url}${path}`)
    return { url, pid: child.pid }
  }

  async function deliver(body: unknown) {
    const response = await post(`${api.url}/v1/alerts`, body, { authorization: `Bearer ${TOKEN}` })
    if (response !== 202) throw new Error(`The API answered ${response} to an alert.`)
  }

  /** Delivers the storm; after each delivery the same body is inserted by the baseline, so that both meet the same load. */
  async function storm(): Promise<{ delivery: Measure; insert: Measure }> {
    const [delivery, insert] = [createMeasure(), createMeasure()]
    let next = 0
    await Promise.all(
      Array.from({ length: CONCURRENCY }, async () => {
        while (next < STORM / GROUP) {
          const body = buildDelivery(next++)
          const headers = { authorization: `Bearer ${TOKEN}` }
          await delivery.time(async () => (await post(`${api.url}/v1/alerts`, body, headers)) === 202)
          await insert.time(async () => (await post(bare.url, body, {})) === 202)
        }
      }),
    )
    return { delivery: delivery.end(), insert: insert.end() }
  }
} finally {
  await supervisor.stop()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit()

function buildDelivery(index: number) {
  const alerts = Array.from({ length: GROUP }, (_, position) => {
    const number = index * GROUP + position
    const service = number % SERVICES
    return {
      status: 'firing',
      labels: {
        alertname: 'StormAlert',
        namespace: `team-${service % NAMESPACES}`,
        service: `service-${service}`,
        pod: `service-${service}-${number}`,
        severity: 'warning',
      },
      annotations: { summary: 'one of many' },
      startsAt: new Date().toISOString(),
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: number.toString(16).padStart(16, '0'),
    }
  })
  return { version: '4', status: 'firing', receiver: 'syntra', alerts }
}

async function post(url: string, body: unknown, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  await response.arrayBuffer()
  return response.status
}

function watchMemory(pid: number | undefined) {
  let peakBytes = 0
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    peakBytes = Math.max(peakBytes, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024)
  }, 250)
  return {
    stop() {
      clearInterval(timer)
      return peakBytes
    },
  }
}
