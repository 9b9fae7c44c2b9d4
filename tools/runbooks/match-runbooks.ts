import type { Runbook } from './runbook.ts'

type Alert = { name: string; labels: Record<string, string>; symptoms?: string }

/** The runbooks for an alert, best first: by the alert's name and labels; only if none, by the symptoms in a person's words. */
export function matchRunbooks(alert: Alert, runbooks: readonly Runbook[]): Runbook[] {
  const byName = runbooks
    .filter(({ match }) => match.alerts.includes(alert.name) && matchesLabels(match.labels, alert.labels))
    // The more labels match, the more specific the runbook.
    .toSorted((a, b) => Object.keys(b.match.labels).length - Object.keys(a.match.labels).length || byId(a, b))
  return byName.length > 0 ? byName : bySymptoms(alert.symptoms ?? '', runbooks)
}

function matchesLabels(wanted: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}

function bySymptoms(message: string, runbooks: readonly Runbook[]): Runbook[] {
  const text = plain(message)
  return runbooks
    .filter(({ match }) => match.symptoms.some(symptom => text.includes(plain(symptom))))
    .toSorted(byId)
}

function plain(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `
}

function byId(a: Runbook, b: Runbook): number {
  return a.id < b.id ? -1 : 1
}
