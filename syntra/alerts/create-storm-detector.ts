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

/** New incidents that are counted for a storm must have been opened within this time. */
export const STORM_SECONDS = 300

// In a zone, region or cluster, this many unrelated failures within minutes are normal.
const WIDE_FACTOR = 5
const WIDE = new Set<DomainLabel>(DOMAIN_LABELS.slice(DOMAIN_LABELS.indexOf('namespace') + 1))

/** How many incidents with the same domains and severity were opened recently; a storm's own incident does not count. */
export type RecentIncidents = { domains: Domains; severity: string; count: number }
export type StormIncident = Candidate & { storm: FailureDomain; severity: string }

type Group = { domains: Domains; level: number; count: number }
type Options = {
  now: Date
  threshold: number
  recent: RecentIncidents[]
  storms: StormIncident[]
  /** The alerts of this batch that would each open an incident. They are counted up front, so that a storm in one batch is one incident. */
  upcoming: Alert[]
}

/**
 * Decides whether an alert that would open an incident belongs to a storm instead: more than `threshold` new incidents of its severity level,
 * its own included, would share a node or namespace, or five times as many a zone, region or cluster. A storm lasts until no alert has joined it for STORM_SECONDS. An alert that is more severe than a storm never
 * joins it. A threshold of 0 turns storms off.
 */
export function createStormDetector({ now, threshold, recent, storms, upcoming }: Options) {
  const groups: Group[] = []
  const totals = new Map<string, number>()
  for (const { domains, severity, count } of recent) add({ domains, level: severityLevel(severity), count })
  for (const alert of upcoming)
    add({ domains: domainsOf(alert), level: severityLevel(alert.severity), count: 1 })
  const known = [...storms]

  return {
    /** Returns the storm's incident, the domain of a storm that starts with this alert, or undefined. */
    choose(alert: Alert): { incident: StormIncident } | { begins: FailureDomain } | undefined {
      if (threshold === 0) return undefined
      const level = severityLevel(alert.severity)
      const domains = domainsOf(alert)
      for (const label of DOMAIN_LABELS) {
        const value = domains[label]
        if (value === undefined) continue
        const incident = known.find(
          ({ storm, severity }) =>
            storm.label === label && storm.value === value && severityLevel(severity) <= level,
        )
        if (incident && isActive(incident)) return { incident }
        if (countUnexplained(label, value, level) > thresholdOf(label))
          return incident ? { incident } : { begins: { label, value } }
      }
      return undefined
    },
    addStorm(incident: StormIncident) {
      known.push(incident)
    },
  }

  function isActive({ activeAt }: StormIncident): boolean {
    return now.getTime() - Date.parse(activeAt) <= STORM_SECONDS * 1000
  }

  function thresholdOf(label: DomainLabel): number {
    return WIDE.has(label) ? WIDE_FACTOR * threshold : threshold
  }

  function add(group: Group) {
    groups.push(group)
    for (const label of DOMAIN_LABELS) {
      const key = keyOf(group, label)
      totals.set(key, (totals.get(key) ?? 0) + group.count)
    }
  }

  // A failure that a failing node explains does not indicate that its namespace or cluster fails.
  function countUnexplained(label: DomainLabel, value: string, level: number): number {
    return groups
      .filter(group => group.level === level && group.domains[label] === value && !isExplained(group, label))
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

function keyOf({ domains, level }: Group, label: DomainLabel): string {
  return JSON.stringify([label, domains[label], level])
}
