import { setTimeout as sleep } from 'node:timers/promises'
import { trivialAlert } from '../load/run-alert-stream.ts'
import { prepareService } from '../load/run-service-stream.ts'
import { sendAlerts } from '../load/send-alerts.ts'
import type { PlantedBug } from './planted-bug.ts'
import { proposeAndApprove } from './scripted-run.ts'

const QUEUE = 60

/** One worker has a long queue of trivial investigations when an action is approved. */
export const priorityRemoved: PlantedBug = {
  name: 'priority-removed',
  title: 'one lane without priority',
  edits: [
    {
      file: 'syntra/jobs/queue-place.ts',
      find: `  if (stage === 'actions') return stage
  return place.class < CRITICAL_CLASSES ? 'critical' : 'investigations'`,
      replace: "  return 'investigations'",
    },
    {
      file: 'syntra/jobs/queue-place.ts',
      find: '  return 1 + place.class * ROUNDS + Math.min(place.round, ROUNDS - 1)',
      replace: '  return 1',
    },
    {
      file: 'syntra/jobs/advance-investigation.job.ts',
      find: "if (lane !== 'actions' && (await findStage(pool, investigationId)) === 'actions') return 'decided'",
      replace: '',
    },
    {
      file: 'syntra/jobs/advance-investigation.job.ts',
      find: "mayAct: lane === 'actions'",
      replace: 'mayAct: true',
    },
  ],
  caughtBy: 'urgent-first',
  workers: 1,
  settings: { SYNTRA_WORKER_CONCURRENCY: '1' },
  async provoke(run) {
    const { system, journal, signal } = run
    const service = await prepareService(system.targets, 'restart-heals-001')
    await proposeAndApprove(run, service, async () => {
      const alerts = Array.from({ length: QUEUE }, (_, index) => trivialAlert(`queued-${index}`))
      await sendAlerts(system.api.url, journal, alerts)
      await sleep(3_000, undefined, { signal })
    })
  },
}
