import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createPool } from '@goalixa/chassis/postgres'
import { createSupervisor } from '@goalixa/sandbox/platform/create-supervisor'
import { startDatabase } from '@goalixa/sandbox/platform/start-database'
import { megabytes } from '../megabytes.ts'
import { startBareInsert } from './bare-insert.ts'
import { measureRequests } from './measure-requests.ts'
import { printMeasure } from './print-measure.ts'

// Measures how fast the API accepts alerts, compared in the same run with the minimum that any endpoint with a database must do,
// and whether it accepts a storm of 10,000 alerts, grouped as Alertmanager groups them, within a minute.
const ALERTS = 2_000
const STORM = 10_000
const GROUP = 20
const CONCURRENCY = 20
const TOKEN = 'benchmark-token'

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error('Interrupted.')))
const dataDir = await mkdtemp(join(tmpdir(), 'goalixa-bench-'))
await chmod(dataDir, 0o711)
const supervisor = await createSupervisor({ logsDir: join(dataDir, 'logs'), signal: ending.signal })
try {
  const database = await startDatabase(supervisor, dataDir)
  const [port, metricsPort] = await Promise.all([findFreePort(), findFreePort()])
  const api = supervisor.service('syntra-api', 'syntra/api.ts', {
    DATABASE_URL: database.syntraUrl,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    SYNTRA_WEBHOOK_TOKEN: TOKEN,
    LOG_LEVEL: 'warn',
  })
  await supervisor.untilHttp(`http://127.0.0.1:${port}/readyz`)
  await database.administer('CREATE DATABASE bare')
  const bare = await startBareInsert(database.adminUrl.replace(/\/postgres$/, '/bare'))
  const shared = {
    bodyOf: (index: number) => buildWebhook([index]),
    requests: ALERTS,
    concurrency: CONCURRENCY,
    expectStatus: 202,
  }
  const insert = () => measureRequests({ ...shared, url: bare.url, headers: {} })
  const alerts = () =>
    measureRequests({
      ...shared,
      url: `http://127.0.0.1:${port}/v1/alerts`,
      headers: { authorization: `Bearer ${TOKEN}` },
    })

  // A small warm-up of the baseline first. The API starts cold.
  await measureRequests({ ...shared, url: bare.url, headers: {}, requests: 100 })
  const baseline = await insert()
  const before = await residentBytes(api.pid)
  const measured = await alerts()
  const after = await residentBytes(api.pid)
  const stored = await countAlerts(database.syntraUrl)
  const storm = await measureRequests({
    url: `http://127.0.0.1:${port}/v1/alerts`,
    headers: { authorization: `Bearer ${TOKEN}` },
    bodyOf: index =>
      buildWebhook(Array.from({ length: GROUP }, (_, position) => ALERTS + index * GROUP + position)),
    requests: STORM / GROUP,
    concurrency: CONCURRENCY,
    expectStatus: 202,
  })
  const stormed = (await countAlerts(database.syntraUrl)) - stored
  const perMinute = storm.perSecond * GROUP * 60

  printMeasure('baseline: one insert', baseline, baseline)
  printMeasure('one alert', measured, baseline)
  process.stdout.write(
    `\n${ALERTS} alerts sent, ${ALERTS - measured.unexpected} answered with 202, ${stored} in the database\n`,
  )
  process.stdout.write(`API memory: ${megabytes(before)} → ${megabytes(after)}\n`)
  process.stdout.write(
    `\n${STORM} alerts in deliveries of ${GROUP}: ${stormed} in the database after ${(STORM / storm.perSecond / GROUP).toFixed(1)} s, ${perMinute.toFixed(0)} per minute; p99 of a delivery ${storm.p99Ms.toFixed(0)} ms; API memory ${megabytes(await residentBytes(api.pid))}\n`,
  )
  await bare.stop()
  const isComplete = stored === ALERTS && stormed === STORM && measured.unexpected + storm.unexpected === 0
  process.exitCode = isComplete && perMinute >= STORM ? 0 : 1
} finally {
  await supervisor.stop()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit()

function buildWebhook(indexes: number[]) {
  const alerts = indexes.map(index => ({
    status: 'firing',
    labels: {
      alertname: 'BenchmarkAlert',
      namespace: 'benchmark',
      service: `service-${index % 40}`,
      pod: `service-${index % 40}-${index}`,
      severity: 'warning',
    },
    annotations: { summary: 'one of many' },
    startsAt: new Date().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: index.toString(16).padStart(16, '0'),
  }))
  return {
    version: '4',
    groupKey: `{}:{index="${indexes[0]}"}`,
    status: 'firing',
    receiver: 'syntra',
    groupLabels: { alertname: 'BenchmarkAlert' },
    commonLabels: { alertname: 'BenchmarkAlert', namespace: 'benchmark' },
    commonAnnotations: {},
    externalURL: 'http://localhost',
    alerts,
  }
}

async function countAlerts(url: string): Promise<number> {
  const pool = createPool({ url, name: 'bench' })
  const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM alerts')
  await pool.end()
  return Number(rows[0]?.count)
}

// 0 where it is not known: only Linux has /proc.
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}
