import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '@goalixa/chassis/find-free-port'
import { createSupervisor } from '@goalixa/sandbox/platform/create-supervisor'
import { kubeconfigFor } from '@goalixa/tools/testing/kubeconfig-for'
import { readWorkerManifest } from '../../read-worker-manifest.ts'
import type { Replacement } from '../planted-bugs/replace-source.ts'
import {
  type ChooseTreatment,
  createTargetProxy,
  type RecordedRequest,
  type TargetName,
  type Treatment,
} from './create-target-proxy.ts'
import { createFakeClock, findFaketime } from './fake-clock.ts'
import { keepRecords } from './keep-records.ts'
import { keepRunning } from './keep-running.ts'
import { programOf } from './program-of.ts'
import { SETTINGS } from './settings.ts'
import { startDatabase } from './start-database.ts'
import { startMetricsServer } from './start-metrics-server.ts'
import { startQueue } from './start-queue.ts'
import { GIT_HOST, startTargets, TOKENS } from './start-targets.ts'

type Options = {
  signal: AbortSignal
  workers: number
  withRedis: boolean
  /** Settings of this run, beside the common ones. */
  settings?: Record<string, string>
  /** The edits of the planted bug that the API and the workers run with. */
  edits?: Replacement[]
}

/** Replaces source text as a program loads it. */
const PRELOAD = './evals/chaos/planted-bugs/preload.ts'
const RESTART_MS = 700
/** A program that does not stop in this time ends with this process, to which every program is tethered. */
const STOP_MS = 15_000

/** Starts the whole system: database, queue, targets, Syntra's API and workers, with a proxy on every connection between them. */
export async function startSystem({ signal, workers: count, withRedis, settings, edits }: Options) {
  const dataDir = await mkdtemp(join(tmpdir(), 'goalixa-chaos-'))
  await chmod(dataDir, 0o711)
  let isKept = false
  const stops: (() => Promise<unknown>)[] = [
    async () => isKept || rm(dataDir, { recursive: true, force: true, maxRetries: 5 }),
  ]
  const requests: RecordedRequest[] = []
  const treatments = new Set<ChooseTreatment>()
  const library = findFaketime()
  try {
    const supervisor = await createSupervisor({ logsDir: dataDir, signal })
    stops.push(() => supervisor.stop())
    const database = await startDatabase(dataDir)
    stops.push(() => database.stop())
    const redis = withRedis ? await startQueue(dataDir) : undefined
    if (redis) stops.push(() => redis.stop())
    const [targets, metrics] = await Promise.all([
      startTargets({ supervisor, dataDir }),
      startMetricsServer(),
    ])
    stops.push(() => metrics.stop())
    const common = { ...SETTINGS, ...settings, ...(redis ? { REDIS_URL: redis.url } : {}) }
    const planted = edits === undefined ? { args: [], env: {} } : plantWith(edits)
    const upstreams: Record<TargetName, string> = { ...targets.urls, prometheus: metrics.url }

    const api = await startApi()
    await supervisor.untilHttp(`${api.url}/readyz`)
    const { nodeFlags } = await readWorkerManifest()
    const workers = []
    for (let number = 1; number <= count; number += 1) workers.push(await startWorker(number))

    return {
      dataDir,
      targets,
      database,
      redis,
      api,
      workers,
      requests,
      treatments,
      hasFakeClocks: library !== undefined,
      /** Keeps the folder when the system is stopped: the logs of all processes, the journal, the requests and the database's tables. */
      async keep() {
        isKept = true
        await keepRecords({ dataDir, database, requests })
      },
      stop,
    }

    async function startApi() {
      const { proxy, url: databaseUrl } = await database.openProxy()
      const [port, metricsPort] = await Promise.all([findFreePort(), findFreePort()])
      const process = keepRunning({
        ...programOf('syntra-api', dataDir, [...planted.args, 'syntra/api.ts'], {
          ...common,
          ...planted.env,
          DATABASE_URL: databaseUrl,
          PORT: String(port),
          METRICS_PORT: String(metricsPort),
        }),
        restartMs: RESTART_MS,
      })
      stops.push(
        () => proxy.stop(),
        () => process.stop(),
      )
      return { url: `http://127.0.0.1:${port}`, process, database: proxy }
    }

    async function startWorker(number: number) {
      const name = `worker-${number}`
      const { proxy, url: databaseUrl } = await database.openProxy()
      stops.push(() => proxy.stop())
      const urls: Partial<Record<TargetName, string>> = {}
      for (const target of Object.keys(upstreams) as TargetName[]) {
        const gateway = await createTargetProxy({
          worker: name,
          target,
          upstream: upstreams[target],
          choose,
          record: request => requests.push(request),
        })
        stops.push(() => gateway.stop())
        urls[target] = gateway.url
      }
      // The first worker's wall clock jumps, the second is suspended, and the third keeps the true time.
      const clock =
        library === undefined || number > 2
          ? undefined
          : createFakeClock(library, join(dataDir, `${name}.clock`), { isSuspension: number === 2 })
      await clock?.shift(0)
      const process = keepRunning({
        ...programOf(name, dataDir, [...nodeFlags, ...planted.args, 'evals/chaos/system/worker.ts'], {
          ...common,
          ...clock?.environment,
          ...planted.env,
          DATABASE_URL: databaseUrl,
          KUBECONFIG: kubeconfigFor(urls.kubernetes ?? '', TOKENS.kubernetes),
          PROMETHEUS_URL: urls.prometheus ?? '',
          ARGOCD_URL: urls.argocd ?? '',
          ARGOCD_TOKEN: TOKENS.argocd,
          GITHUB_URL: urls.github ?? '',
          GITHUB_TOKEN: TOKENS.syntra,
          GITHUB_GIT_HOSTS: GIT_HOST,
          PORT: '0',
          METRICS_PORT: '0',
        }),
        restartMs: RESTART_MS,
      })
      stops.push(() => process.stop())
      return { name, process, database: proxy, clock }
    }
  } catch (error) {
    await stop()
    throw error
  }

  function choose(request: Parameters<ChooseTreatment>[0]): Treatment {
    for (const treat of treatments) {
      const treatment = treat(request)
      if (treatment.kind !== 'pass') return treatment
    }
    return { kind: 'pass' }
  }

  async function stop() {
    for (const end of stops.toReversed())
      await Promise.race([end().catch(() => undefined), sleep(STOP_MS, undefined, { ref: false })])
  }
}
/** How a program is started with a planted bug. */
function plantWith(edits: Replacement[]) {
  const env: Record<string, string> = { CHAOS_PLANTED_BUG: JSON.stringify(edits) }
  return { args: ['--import', PRELOAD], env }
}

export type System = Awaited<ReturnType<typeof startSystem>>
export type Worker = System['workers'][number]
