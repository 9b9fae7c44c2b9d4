import { v7 as uuid } from 'uuid'
import { moreSevere, severityLevel } from '../incidents/severity-level.ts'
import type { NewTimelineEntry } from '../incidents/timeline.repository.ts'
import type { Alert } from './alert.ts'
import { boundLabels } from './bound-labels.ts'
import {
  type Candidate,
  type CorrelationSettings,
  createAlertCorrelator,
  placeOf,
} from './correlate-alert.ts'
import {
  type BeginningStorm,
  createStormDetector,
  hasReachedMaxAge,
  MAX_STORM_SECONDS,
  STORM_SECONDS,
} from './create-storm-detector.ts'
import { type Domains, describeDomain, domainsOf, type FailureDomain } from './failure-domains.ts'
import { firesByDesign } from './fires-by-design.ts'
import { isOutOfReach } from './is-out-of-reach.ts'
import type { loadCandidates } from './load-candidates.ts'
import { describeSubject } from './subject/describe-subject.ts'
import type { JoinedIncident, OpenedIncident } from './write-alerts.ts'

type Loaded = Awaited<ReturnType<typeof loadCandidates>>
type Choice = { incident: Candidate; because: string }

/**
 * Assigns each new alert to an incident: one that it belongs to, a storm's, or a new one. One that fires by design gets none, and one of a
 * cluster out of reach starts no investigation.
 */
export function placeAlerts(received: Alert[], loaded: Loaded, now: Date, settings: CorrelationSettings) {
  const fresh = received.filter(alert => !firesByDesign(alert))
  const chooser = createAlertCorrelator(now, loaded.dependencies, settings)
  const stormsById = new Map(loaded.storms.map(storm => [storm.id, storm]))
  for (const { candidate, fingerprint } of loaded.candidates)
    if (!hasReachedMaxAge(candidate, now)) chooser.add(stormsById.get(candidate.id) ?? candidate, fingerprint)
  const upcoming = Map.groupBy(
    fresh.filter(alert => alert.status === 'firing' && !chooser.choose(alert)),
    alert => JSON.stringify([placeOf(alert), severityLevel(alert.severity)]),
  )
  const storms = createStormDetector({
    now,
    threshold: settings.stormIncidents,
    cluster: settings.cluster,
    ...loaded,
    upcoming: [...upcoming.values()].flatMap(([first]) => first ?? []),
  })
  const opened = new Map<string, OpenedIncident>()
  const extended = new Map<string, JoinedIncident>()
  const firing = new Map<string, string>()
  /** The storms that these alerts start or join. */
  const touchedStorms = new Map<string, FailureDomain>()
  const alerts: (Alert & { incidentId: string | null })[] = received
    .filter(firesByDesign)
    .map(alert => ({ ...alert, incidentId: null }))
  const lines: NewTimelineEntry[] = []
  const at = now.toISOString()

  for (const alert of fresh.toSorted((a, b) => a.startsAt.localeCompare(b.startsAt))) {
    const choice = chooser.choose(alert) ?? chooseStorm(alert)
    // An alert that was resolved before its first delivery is stored but opens no incident.
    if (!choice && alert.status === 'resolved') {
      alerts.push({ ...alert, incidentId: null })
      continue
    }
    const incident = choice?.incident ?? openFor(alert)
    if (alert.status === 'firing' && !isOutOfReach(alert.subject, settings.cluster)) {
      const latest = firing.get(incident.id)
      if (!latest || latest < alert.startsAt) firing.set(incident.id, alert.startsAt)
    }
    if (choice) join(incident, alert)
    if (incident.storm) touchedStorms.set(incident.id, incident.storm)
    lines.push(joinLine(incident, alert, choice?.because))
    alerts.push({ ...alert, incidentId: incident.id })
    chooser.add(incident, alert.fingerprint)
  }
  return {
    opened: [...opened.values()],
    extended: [...extended.values()],
    alerts,
    lines,
    firing,
    touchedStorms,
  }

  function chooseStorm(alert: Alert): Choice | undefined {
    if (alert.status === 'resolved') return undefined
    const chosen = storms.choose(alert)
    if (chosen === undefined) return undefined
    if ('incident' in chosen) return { incident: chosen.incident, because: becauseOf(chosen.incident.storm) }
    return { incident: openStorm(alert, chosen), because: becauseOf(chosen.begins) }
  }

  function becauseOf(domain: FailureDomain): string {
    return `a storm of alerts on ${describeDomain(domain)}`
  }

  function openFor(alert: Alert): Candidate {
    const place = describeSubject(alert.subject)
    return open({
      title: place ? `${alert.name} on ${place}` : alert.name,
      alert,
      ...placeOf(alert),
      storm: null,
      domains: domainsOf(alert, settings.cluster),
      message: place
        ? `Opened for ${alert.name}: no open incident covers ${place}.`
        : `Opened for ${alert.name}, which names neither a service nor a namespace.`,
    })
  }

  function openStorm(alert: Alert, { begins: storm, threshold, follows }: BeginningStorm): Candidate {
    const place = describeDomain(storm)
    const incident = open({
      title: `Alerts on ${place}`,
      alert,
      namespace: storm.label === 'namespace' ? storm.value : null,
      service: null,
      object: null,
      cluster: alert.subject.cluster,
      storm,
      domains: null,
      message: `Opened for a storm: more than ${threshold} incidents on ${place} would have been opened within ${STORM_SECONDS / 60} minutes. Alerts on ${place} now join this incident and are investigated together.${follows === null ? '' : ` It follows the storm of incident ${follows}, which took alerts for ${MAX_STORM_SECONDS / 60} minutes.`}`,
    })
    storms.addStorm({ ...incident, storm, severity: alert.severity })
    return incident
  }

  type NewIncident = Pick<Candidate, 'namespace' | 'service' | 'object' | 'cluster' | 'storm'> & {
    title: string
    alert: Alert
    domains: Domains | null
    message: string
  }

  function open({ title, alert, domains, message, ...place }: NewIncident): Candidate {
    const id = uuid()
    const { severity } = alert
    const isForeign = isOutOfReach(alert.subject, settings.cluster)
    opened.set(id, { id, title, severity, domains, ...place, isOutOfReach: isForeign })
    lines.push({
      incidentId: id,
      key: 'opened',
      kind: 'incident-opened',
      message,
      data: { alert: alert.id },
      at,
    })
    if (isForeign) lines.push(outOfReachLine(id, alert))
    return { id, state: 'open', ...place, openedAt: at, activeAt: at, closedAt: null }
  }

  function outOfReachLine(incidentId: string, { subject }: Alert): NewTimelineEntry {
    return {
      incidentId,
      key: 'out-of-reach',
      kind: 'cluster-out-of-reach',
      message: `No investigation starts: the alert is of cluster ${subject.cluster}, and this Syntra serves ${settings.cluster}. The Syntra of cluster ${subject.cluster} investigates it.`,
      data: { cluster: subject.cluster ?? '', served: settings.cluster ?? '' },
      at,
    }
  }

  function join(incident: Candidate, alert: Alert) {
    const reopens = alert.status === 'firing' && incident.state !== 'open'
    const before = extended.get(incident.id)
    const fresh = opened.get(incident.id)
    if (fresh) fresh.severity = moreSevere(fresh.severity, alert.severity)
    else
      extended.set(incident.id, {
        id: incident.id,
        severity: moreSevere(alert.severity, before?.severity ?? alert.severity),
        reopens: reopens || (before?.reopens ?? false),
      })
    incident.activeAt = at
    if (!reopens) return
    lines.push({
      incidentId: incident.id,
      key: `reopened/${alert.id}`,
      kind: 'incident-reopened',
      message: `${alert.name} fires ${incident.storm ? '' : 'again '}after the incident was ${incident.state}.`,
      data: { alert: alert.id },
      at,
    })
    incident.state = 'open'
  }

  function joinLine(
    incident: Candidate,
    alert: Alert,
    because = 'the first alert of the incident',
  ): NewTimelineEntry {
    return {
      incidentId: incident.id,
      key: `alert/${alert.id}`,
      kind: 'alert-joined',
      message: `${alert.name} (${alert.status}) joined: ${because}.`,
      data: {
        alert: alert.id,
        name: alert.name,
        labels: boundLabels(alert.labels),
        startsAt: alert.startsAt,
        because,
      },
      at,
    }
  }
}
