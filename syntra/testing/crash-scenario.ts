import type { TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { CHECK, fakeDependencies } from './fake-dependencies.ts'
import type { RealWrites } from './real-writes-dependencies.ts'
import { QUESTIONS } from './sample-engine.ts'
import { startCrashingWorkers } from './start-crashing-workers.ts'
import { startSyntra } from './start-syntra.ts'
import { startTarget, type Target } from './start-target.ts'

type Options = {
  postgres: TestPostgres
  /** The points at which workers are killed, in this order. */
  points?: string[]
  /** The points at which workers are suspended, to go on after another one has taken over. */
  pauses?: string[]
  prepare?: (world: Target['world']) => void
  settings?: Record<string, string>
  /** By default the effects are on the target. */
  writes?: RealWrites
}

// A worker that goes on late must not take over from the one that is suspended by then.
const PATIENT = { SYNTRA_JOB_LOCK_SECONDS: '2' }
const QUICK = { SYNTRA_JOB_LOCK_SECONDS: '1', SYNTRA_STUCK_SECONDS: '1', SYNTRA_PARALLEL_READS: '1' }

/** Takes one alert to its end while workers are killed or suspended at these points, with an operator who approves. */
export async function runCrashScenario({
  postgres,
  points = [],
  pauses,
  prepare,
  settings,
  writes,
}: Options) {
  const target = await startTarget()
  prepare?.(target.world)
  const databaseUrl = await postgres.createDatabase()
  const all = { ...QUICK, ...(pauses ? PATIENT : {}), ...settings }
  const api = await startSyntra({
    databaseUrl,
    dependencies: fakeDependencies(target.url),
    settings: all,
    worker: false,
  })
  const workers = startCrashingWorkers({ databaseUrl, targetUrl: target.url, settings: all, writes })
  try {
    await api.deliver([{}])
    const crashes = pauses ? workers.pauseAt(pauses) : workers.crashAt(points)
    const page = await api.until(
      '/v1/incidents',
      body => body.incidents?.[0]?.action?.state === 'awaiting-approval',
      120_000,
    )
    const { id: incidentId, action } = page.incidents[0]
    const { stateDigest, investigationId } = (await api.get(`/v1/actions/${action.id}`)).body
    await api.post(`/v1/actions/${action.id}/decision`, { decision: 'approve', stateDigest })
    const investigation = await api.until(
      `/v1/investigations/${investigationId}`,
      body => body.state === 'done',
      240_000,
    )
    const doLateWork = await crashes
    await doLateWork?.()
    const timeline = await api.get(`/v1/incidents/${incidentId}/timeline`)
    // The target's pull request is never merged, so only that of the real systems is waited for.
    const isFollowedUp = (body: { pendingRevert: { state: string } | null }) =>
      writes === undefined || body.pendingRevert?.state !== 'waiting'
    const { steps, pendingRevert } = await api.until(`/v1/actions/${action.id}`, isFollowedUp, 120_000)
    return {
      died: workers.died,
      paused: workers.paused,
      verdict: investigation.verdictDigest,
      outcome: investigation.outcome,
      steps: steps.map(({ tool, state }: { tool: string; state: string }) => `${tool} ${state}`),
      pendingRevert: pendingRevert?.state,
      effects: target.world.effects.map(
        ({ tool, actionId }) => tool + (actionId.endsWith('-undo') ? ':undo' : ''),
      ),
      reads: target.world.reads.filter(name => QUESTIONS.includes(name)),
      checks: target.world.reads.filter(name => name === CHECK).length,
      lines: timeline.body.lines.map(
        (line: { kind: string; message: string }) => `${line.kind}: ${line.message}`,
      ),
    }
  } finally {
    workers.stop()
    await api.stop()
    await target.stop()
  }
}
