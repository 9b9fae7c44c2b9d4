import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import { prepareService } from '../load/run-service-stream.ts'
import type { Worker } from '../system/start-system.ts'
import type { PlantedBug } from './planted-bug.ts'
import { PATIENCE_MS, proposeAndApprove, type ScriptedRun } from './scripted-run.ts'

/** The reads between an approval and its write, with room for more. */
const READS = [2, 3, 4, 5]

/** How long the resumed worker has, while it is cut off from the database, to send the write that it had prepared. */
const RESUMED_MS = 5_000

/**
 * A worker is suspended after one of the reads that precede its write, and cut off from the database. It resumes when another worker
 * has done the step, and cannot learn about that. Which read is the last one before the write is not known here, so each is tried in turn.
 */
export const leaseCheckRemoved: PlantedBug = {
  name: 'lease-check-removed',
  title: 'nothing checks the lease before a write',
  edits: [
    {
      file: 'syntra/storage/create-lease-assertions.ts',
      find: 'if (leases.length === 0) return',
      replace: 'if (leases.length >= 0) return',
    },
    {
      file: 'syntra/storage/create-lease-assertions.ts',
      find: '({ sinceCheck }) => sinceCheck.elapsedMs() > (seconds * 1000) / 2',
      replace: '() => false',
    },
    {
      file: 'syntra/storage/leases.ts',
      find: `    if (sinceRenewal.elapsedMs() > seconds * 1000) loseLeases(leases)
    const sinceQuestion`,
      replace: '    const sinceQuestion',
    },
  ],
  caughtBy: 'writes-under-lease',
  workers: 2,
  // Deadlines that passed meanwhile would keep the worker from writing as well.
  settings: { SYNTRA_READ_TIMEOUT_SECONDS: '60', SYNTRA_WRITE_TIMEOUT_SECONDS: '60' },
  async provoke(run) {
    for (const read of READS) await suspendAfterRead(run, read)
  },
}

async function suspendAfterRead(run: ScriptedRun, read: number) {
  const { system, signal } = run
  const service = await prepareService(system.targets, `restart-heals-${read}`)
  let reads = 0
  let suspended: Worker | undefined
  const approved = new AbortController()
  const count = ({ worker, isWrite, path }: { worker: string; isWrite: boolean; path: string }) => {
    if (approved.signal.aborted && !isWrite && path.includes(service.name)) reads += 1
    if (reads === read && suspended === undefined) {
      suspended = system.workers.find(({ name }) => name === worker)
      suspended?.process.pause()
      suspended?.database.set({ mode: 'hold' })
    }
    return { kind: 'pass' } as const
  }
  system.treatments.add(count)
  const id = await proposeAndApprove(run, service, () => approved.abort())
  await waitUntil(
    async () => {
      const { rows } = await system.database.query(
        `SELECT FROM actions WHERE id = $1 AND state IN ('verifying', 'succeeded', 'failed', 'superseded')`,
        [id],
      )
      return rows.length > 0
    },
    { what: 'another worker that does the step', timeoutMs: PATIENCE_MS, signal },
  )
  system.treatments.delete(count)
  suspended?.process.resume()
  await sleep(RESUMED_MS, undefined, { signal })
  suspended?.database.set({ mode: 'pass' })
}
