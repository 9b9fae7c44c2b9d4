import type { Alert } from './alert.ts'
import type { FailureDomain } from './failure-domains.ts'

/** An incident that a new alert may belong to. */
export type Candidate = {
  id: string
  state: 'open' | 'resolved' | 'closed'
  namespace: string | null
  service: string | null
  /** ISO, as are the other times. */
  openedAt: string
  activeAt: string
  closedAt: string | null
  /** The failure domain of a storm's incident, which does not match by service or namespace as other incidents do; otherwise null. */
  storm: FailureDomain | null
}
export type Dependency = { namespace: string; caller: string; callee: string; via: string }
type Windows = { groupSeconds: number; reopenSeconds: number }
export type CorrelationSettings = Windows & {
  /** How many new incidents of one failure domain make a storm; 0 turns storms off. */
  stormIncidents: number
}

/**
 * Finds the incident that an alert belongs to, and why: that of its earlier occurrence, of its service, of a service that calls it
 * or is called by it, or of its namespace if it names no service. `choose` returns undefined if the alert opens an incident of its own.
 */
export function createAlertCorrelator(now: Date, dependencies: Dependency[], windows: Windows) {
  const byFingerprint = new Map<string, Candidate>()
  const byService = new Map<string, Candidate>()
  const neighbours = Map.groupBy(dependencies.flatMap(bothWays), ({ service }) => service)

  return {
    add(candidate: Candidate, fingerprint?: string) {
      const key = keyOf(candidate.namespace, candidate.service)
      const known = byService.get(key)
      if (candidate.storm === null && (!known || rank(candidate) > rank(known))) byService.set(key, candidate)
      if (fingerprint) byFingerprint.set(fingerprint, candidate)
    },
    choose(alert: Alert): { incident: Candidate; because: string } | undefined {
      const own = byFingerprint.get(alert.fingerprint)
      if (own && accepts(own))
        return { incident: own, because: 'an earlier occurrence of the alert is part of the incident' }
      const place = describeTarget(alert)
      const same =
        alert.service || alert.namespace ? byService.get(keyOf(alert.namespace, alert.service)) : undefined
      if (same && accepts(same)) return { incident: same, because: `the incident covers ${place}` }
      for (const { neighbour, message } of neighbours.get(keyOf(alert.namespace, alert.service)) ?? []) {
        const other = byService.get(neighbour)
        if (other && other.state !== 'closed' && isWithin(other.activeAt, windows.groupSeconds))
          return { incident: other, because: message }
      }
      return undefined
    },
  }

  function accepts({ state, activeAt, closedAt }: Candidate): boolean {
    if (state === 'open') return true
    if (state === 'resolved') return isWithin(activeAt, Math.max(windows.groupSeconds, windows.reopenSeconds))
    return closedAt !== null && isWithin(closedAt, windows.reopenSeconds)
  }

  function isWithin(time: string, seconds: number): boolean {
    return now.getTime() - Date.parse(time) <= seconds * 1000
  }
}

function bothWays({ namespace, caller, callee, via }: Dependency) {
  const message = `${caller} calls ${callee} (seen in ${via})`
  const [from, to] = [keyOf(namespace, caller), keyOf(namespace, callee)]
  return [
    { service: from, neighbour: to, message },
    { service: to, neighbour: from, message },
  ]
}

function rank({ state }: Candidate): number {
  return { closed: 0, resolved: 1, open: 2 }[state]
}

function keyOf(namespace: string | null, service: string | null): string {
  return JSON.stringify([namespace, service])
}

function describeTarget({ namespace, service }: Alert): string {
  return [namespace, service].filter(Boolean).join('/')
}
