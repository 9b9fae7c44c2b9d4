import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** An alert that was answered with a 202. */
export type AcceptedAlert = {
  fingerprint: string
  startsAt: string
  service: string
  status: 'firing' | 'resolved'
}
/** An idempotency key that an outsider has planted where Syntra looks for its own effects. */
export type Forgery = { what: string; service: string; actionId: string; at: string }

/** The harness's own record, also on disk: what the API has accepted, and what was done to the system. */
export function createJournal(dataDir: string) {
  const file = join(dataDir, 'journal.jsonl')
  const accepted: AcceptedAlert[] = []
  const forgeries: Forgery[] = []
  const counts = new Map<string, number>()
  /** How often an outsider has raised the generation of a service's Deployment. */
  const outsideChanges = new Map<string, number>()

  return {
    file,
    accepted,
    forgeries,
    counts,
    outsideChanges,
    accept(alerts: AcceptedAlert[]) {
      accepted.push(...alerts)
      write('accepted', alerts)
    },
    forge(forgery: Omit<Forgery, 'at'>) {
      forgeries.push({ ...forgery, at: new Date().toISOString() })
      write('forged', forgery)
    },
    changedOutside(service: string, generations: number) {
      outsideChanges.set(service, (outsideChanges.get(service) ?? 0) + generations)
    },
    count(name: string, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by)
    },
    note: write,
  }

  function write(event: string, data: unknown) {
    appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), event, data })}\n`)
  }
}
export type Journal = ReturnType<typeof createJournal>
