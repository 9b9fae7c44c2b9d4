import { severityLevel } from '../incidents/severity-level.ts'
import type { Alert } from './alert.ts'
import type { Candidate } from './correlate-alert.ts'
import {
  DOMAIN_LABELS,
  type DomainLabel,
  type Domains,
  domainsOf,
  type FailureDomain,
} from './failure-domains.ts'

/** Alerts and incidents that are counted for a storm must have come within this time. */
export const STORM_SECONDS = 300
/** After this time a storm accepts no more alerts: later ones are grouped into new incidents and investigated again. */
export const MAX_STORM_SECONDS = 3_600

// In a zone, region or cluster, this many unrelated failures within minutes are normal.
const WIDE_FACTOR = 5
const WIDE = new Set<DomainLabel>(DOMAIN_LABELS.slice(DOMAIN_LABELS.indexOf('namespace') + 1))

/** How many incidents with the same domains and severity were opened recently in a cluster. Those that a storm prevented count towards its domain. */
export type RecentIncidents = { domains: Domains; cluster: string | null; severity: string; count: number }
export type StormIncident = Candidate & { storm: FailureDomain; severity: string }

/** A storm that begins, with the threshold of its domain and the storm before it that has reached its maximum age. */
export type BeginningStorm = { begins: FailureDomain; threshold: number; follows: string | null }

type Place = { domains: Domains; cluster: string | null }
type Group = Place & { level: number; count: number }
type Options = {
  now: Date
  threshold: number
  /** The cluster that this installation serves: the one of alerts that name none. */
  cluster: string | null
  recent: RecentIncidents[]
  storms: StormIncident[]
  /** The alerts of this batch that would each open an incident. They are counted up front, so that a storm in one batch is one incident. */
  upcoming: Alert[]
}

/**
 * Decides whether an alert that would open an incident belongs to a storm instead: more than `threshold` new incidents of its severity level,
 * its own included, would share a node or namespace, or five times as many a zone, region or cluster. A storm ends when no more than half as
 * many have come within STORM_SECONDS, or after MAX_STORM_SECONDS. An alert that is more severe than a storm, or of another cluster, never joins
 * it. A threshold of 0 turns storms off.
 */
export function createStormDetector(options: Options) {
  const { now, threshold: setting, cluster: served, recent, storms, upcoming } = options
  const groups: Group[] = []
  const totals = new Map<string, number>()
  for (const { domains, cluster, severity, count } of recent)
    add({ domains, cluster: cluster ?? served, level: severityLevel(severity), count })
  for (const alert of upcoming) add({ ...placeOf(alert), level: severityLevel(alert.severity), count: 1 })
  const known = [...storms]

  return {
    /** Returns the storm's incident, the storm that begins with this alert, or undefined. */
    choose(alert: Alert): { incident: StormIncident } | BeginningStorm | undefined {
      if (setting === 0) return undefined
      const level = severityLevel(alert.severity)
      const place = placeOf(alert)
      for (const label of DOMAIN_LABELS) {
        const value = place.domains[label]
        if (value === undefined) continue
        const storms = known
          .filter(({ storm }) => storm.label === label && storm.value === value)
          .filter(storm => (storm.cluster ?? served) === place.cluster)
          .filter(({ severity }) => severityLevel(severity) <= level)
        const incident = storms.find(storm => !hasReachedMaxAge(storm, now))
        const threshold = thresholdOf(label)
        if (
          incident &&
          countUnexplained(label, place, severityLevel(incident.severity), level) > endOf(threshold)
        )
          return { incident }
        if (countUnexplained(label, place, level) > threshold)
          return {
            begins: { label, value },
            threshold,
            follows: storms.find(storm => hasReachedMaxAge(storm, now))?.id ?? null,
          }
      }
      return undefined
    },
    addStorm(incident: StormIncident) {
      known.push(incident)
    },
  }

  function placeOf(alert: Alert): Place {
    return { domains: domainsOf(alert, served), cluster: alert.subject.cluster ?? served }
  }

  function thresholdOf(label: DomainLabel): number {
    return WIDE.has(label) ? WIDE_FACTOR * setting : setting
  }

  function add(group: Group) {
    groups.push(group)
    for (const label of DOMAIN_LABELS) {
      const key = keyOf(group, label)
      totals.set(key, (totals.get(key) ?? 0) + group.count)
    }
  }

  // A failure that a failing node explains does not indicate that its namespace or cluster fails.
  function countUnexplained(label: DomainLabel, place: Place, from: number, to = from): number {
    return groups
      .filter(({ level }) => from <= level && level <= to)
      .filter(({ domains, cluster }) => domains[label] === place.domains[label] && cluster === place.cluster)
      .filter(group => !isExplained(group, label))
      .reduce((total, { count }) => total + count, 0)
  }

  function isExplained(group: Group, label: DomainLabel): boolean {
    return DOMAIN_LABELS.slice(0, DOMAIN_LABELS.indexOf(label)).some(
      narrower =>
        group.domains[narrower] !== undefined &&
        (totals.get(keyOf(group, narrower)) ?? 0) > thresholdOf(narrower),
    )
  }
}

/** Whether a storm's incident takes no more alerts, not even further occurrences of its own. */
export function hasReachedMaxAge(
  { storm, openedAt }: Pick<Candidate, 'storm' | 'openedAt'>,
  now: Date,
): boolean {
  return storm !== null && now.getTime() - Date.parse(openedAt) > MAX_STORM_SECONDS * 1000
}

// Lower than the threshold, so that a rate around it does not end a storm and start another one again and again.
function endOf(threshold: number): number {
  return Math.max(1, threshold / 2)
}

function keyOf({ domains, cluster, level }: Group, label: DomainLabel): string {
  return JSON.stringify([cluster, label, domains[label], level])
}
