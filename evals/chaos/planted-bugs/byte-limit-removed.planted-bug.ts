import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import { trivialAlert } from '../load/run-alert-stream.ts'
import { sendAlerts } from '../load/send-alerts.ts'
import type { PlantedBug } from './planted-bug.ts'
import { PATIENCE_MS } from './scripted-run.ts'

/** Prometheus answers one query without end. */
export const byteLimitRemoved: PlantedBug = {
  name: 'byte-limit-removed',
  title: 'no limit of bytes on an answer',
  edits: [
    {
      file: 'chassis/send-request.ts',
      find: 'bytes > maxBytes',
      replace: 'bytes > Number.POSITIVE_INFINITY',
    },
  ],
  caughtBy: 'answers-bounded',
  workers: 1,
  // A deadline that passes first would end the answer as well.
  settings: { SYNTRA_READ_TIMEOUT_SECONDS: '60' },
  async provoke({ system, journal, signal }) {
    let answered = 0
    system.treatments.add(({ target, isWrite }) => {
      if (target !== 'prometheus' || isWrite || answered > 0) return { kind: 'pass' }
      answered += 1
      return { kind: 'huge' }
    })
    await sendAlerts(system.api.url, journal, [trivialAlert('reads-without-end-1')])
    await waitUntil(async () => answered > 0, { what: 'a query', timeoutMs: PATIENCE_MS, signal })
  },
}
