import type { Alert } from './alert.ts'
import type { FailureDomain } from './failure-domains.ts'
import { describeSubject } from './subject/describe-subject.ts'
import type { Subject } from './subject/subject.ts'

/** An incident that a new alert may belong to. */
export type Candidate = {
  id: string
  state: 'open' | 'resolved' | 'closed'
  namespace: string | null
  service: string | null
  /** What the incident is about, if that is no workload. */
  object: SubjectObject | null
  /** The cluster that its alerts name. */
  cluster: string | null
  /** ISO, as are the other times. */
  openedAt: string
  activeAt: string
  closedAt: string | null
  /** The failure domain of a storm's incident, which does not match by service or namespace as other incidents do; otherwise null. */
  storm: FailureDomain | null
}
/** A subject that is neither a workload nor a namespace; of an alert about the cluster as a whole, the alert. */
export type SubjectObject = { kind: string; name: string }
export type Dependency = { namespace: string; caller: string; callee: string; via: string }
type Placed = Pick<Alert, 'namespace' | 'service' | 'subject' | 'name'>
type Windows = { groupSeconds: number; reopenSeconds: number }
export type CorrelationSettings = Windows & {
  /** How many new incidents of one failure domain make a storm; 0 turns storms off. */
  stormIncidents: number
  /** The cluster that this installation serves; null if it is not configured. */
  cluster: string | null
}

/**
 * Finds the incident that an alert belongs to, and why: that of its earlier occurrence, of its subject, of a service that calls it
 * or is called by it, or of its namespace if it names nothing else. Incidents of other clusters are never considered. `choose` returns undefined
 * if the alert opens an incident of its own.
 */
export function createAlertCorrelator(
  now: Date,
  dependencies: Dependency[],
  windows: Windows & Pick<CorrelationSettings, 'cluster'>,
) {
  const byFingerprint = new Map<string, Candidate>()
  const byPlace = new Map<string, Candidate>()
  const neighbours = Map.groupBy(dependencies.flatMap(bothWays), ({ service }) => service)

  return {
    add(candidate: Candidate, fingerprint?: string) {
      const key = keyOf(candidate)
      const known = byPlace.get(key)
      if (candidate.storm === null && (!known || rank(candidate) > rank(known))) byPlace.set(key, candidate)
      if (fingerprint) byFingerprint.set(fingerprint, candidate)
    },
    choose(alert: Alert): { incident: Candidate; because: string } | undefined {
      const own = byFingerprint.get(alert.fingerprint)
      if (own && accepts(own))
        return { incident: own, because: 'an earlier occurrence of the alert is part of the incident' }
      const place = placeOf(alert)
      const same = byPlace.get(keyOf(place))
      if (same && accepts(same)) return { incident: same, because: describeMatch(alert) }
      for (const { neighbour, message } of neighbours.get(keyInCluster(alert)) ?? []) {
        const other = byPlace.get(keyOf({ ...place, service: neighbour }))
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

  // An alert that names no cluster is of this one.
  function keyOf({ namespace, service, object, cluster }: ReturnType<typeof placeOf>): string {
    return JSON.stringify([cluster ?? windows.cluster, namespace, service, object?.kind, object?.name])
  }

  function isWithin(time: string, seconds: number): boolean {
    return now.getTime() - Date.parse(time) <= seconds * 1000
  }
}

function describeMatch({ subject, name }: Alert): string {
  return `the incident covers ${subject.kind === 'Cluster' ? name : describeSubject(subject)}`
}

function bothWays({ namespace, caller, callee, via }: Dependency) {
  const message = `${caller} calls ${callee} (seen in ${via})`
  return [
    { service: keyInCluster({ namespace, service: caller }), neighbour: callee, message },
    { service: keyInCluster({ namespace, service: callee }), neighbour: caller, message },
  ]
}

function rank({ state }: Candidate): number {
  return { closed: 0, resolved: 1, open: 2 }[state]
}

function keyInCluster({ namespace, service }: { namespace: string | null; service: string | null }): string {
  return JSON.stringify([namespace, service])
}

/** What an incident about this alert is about. */
export function placeOf({ namespace, service, subject, name }: Placed) {
  return { namespace, service, object: objectOf(subject, name), cluster: subject.cluster }
}

// The cluster as a whole has incidents of many kinds, which only the name of the alert tells apart.
function objectOf({ kind, name, workload }: Subject, alert: string): SubjectObject | null {
  if (name === null) return { kind: 'Alert', name: alert }
  return workload !== null || kind === 'Namespace' ? null : { kind, name }
}
