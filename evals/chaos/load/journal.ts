import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** An alert that was answered with a 202. */
export type AcceptedAlert = {
  fingerprint: string
  startsAt: string
  service: string
  status: 'firing' | 'resolved'
}
/** What an outsider has done where Syntra looks for its own effects, under the id of one of its actions. */
export type Tampering = { what: string; service: string; actionId: string; at: string }

/** A decision that a person has sent; status 0: nobody answered. */
export type SentDecision = {
  actionId: string
  operator: string
  decision: 'approve' | 'reject'
  stateDigest: string
  status: number
}

/** The harness's own record, also on disk: what the API has accepted, and what was done to the system. */
export function createJournal(dataDir: string) {
  const file = join(dataDir, 'journal.jsonl')
  const accepted: AcceptedAlert[] = []
  const tamperings: Tampering[] = []
  const decisions: SentDecision[] = []
  /** Occurrences of alerts (`fingerprint/startsAt`) in deliveries that were not accepted, but may have been stored. */
  const unanswered = new Set<string>()
  /** The newest timeline entry of each incident, as it was seen last. */
  const timelineHeads = new Map<string, { id: string; hash: string }>()
  /** By the name of the fault: how often it was injected, and how often it struck. */
  const faults = new Map<string, { injected: number; strikes: number }>()
  const counts = new Map<string, number>()
  /** How often an outsider has raised the generation of a service's Deployment. */
  const outsideChanges = new Map<string, number>()

  return {
    file,
    accepted,
    tamperings,
    decisions,
    unanswered,
    timelineHeads,
    faults,
    counts,
    outsideChanges,
    accept(alerts: AcceptedAlert[]) {
      accepted.push(...alerts)
      write('accepted', alerts)
    },
    decide(decision: SentDecision) {
      decisions.push(decision)
      write('decision', decision)
    },
    tamper(tampering: Omit<Tampering, 'at'>) {
      tamperings.push({ ...tampering, at: new Date().toISOString() })
      write('tampered', tampering)
    },
    inject(name: string, data: { detail: string; seconds: number }) {
      faultOf(name).injected += 1
      write('fault', { name, ...data })
    },
    strike(name: string, times: number) {
      faultOf(name).strikes += times
    },
    changedOutside(service: string, generations: number) {
      outsideChanges.set(service, (outsideChanges.get(service) ?? 0) + generations)
    },
    count(name: string, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by)
    },
    note: write,
  }

  function faultOf(name: string) {
    const fault = faults.get(name) ?? { injected: 0, strikes: 0 }
    faults.set(name, fault)
    return fault
  }

  function write(event: string, data: unknown) {
    appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), event, data })}\n`)
  }
}
export type Journal = ReturnType<typeof createJournal>
