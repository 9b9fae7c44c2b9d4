import { createHash } from 'node:crypto'
import { WEBHOOK_TOKEN } from '../system/settings.ts'
import type { Journal } from './journal.ts'

export type SentAlert = {
  name: string
  service: string
  severity: 'critical' | 'warning'
  status: 'firing' | 'resolved'
  startsAt: string
}

/** Delivers alerts as Alertmanager does. Resolves with whether they were accepted; only then are they entered in the journal. */
export async function sendAlerts(apiUrl: string, journal: Journal, alerts: SentAlert[]): Promise<boolean> {
  const body = { version: '4', alerts: alerts.map(complete) }
  try {
    const response = await fetch(`${apiUrl}/v1/alerts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8_000),
    })
    await response.text()
    journal.count(`deliveries answered ${response.status}`)
    if (response.status !== 202) return noteUnanswered()
    journal.accept(
      alerts.map(({ service, status, startsAt }, index) => ({
        fingerprint: body.alerts[index]?.fingerprint ?? '',
        startsAt,
        service,
        status,
      })),
    )
    return true
  } catch {
    journal.count('deliveries not answered')
    return noteUnanswered()
  }

  function noteUnanswered(): false {
    for (const { fingerprint, startsAt } of body.alerts) journal.unanswered.add(`${fingerprint}/${startsAt}`)
    return false
  }
}

function complete({ name, service, severity, status, startsAt }: SentAlert) {
  const labels = { alertname: name, namespace: service, service, severity }
  return {
    status,
    labels,
    annotations: { summary: `${service} fails requests` },
    startsAt,
    endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: createHash('sha256').update(`${name}/${service}/${severity}`).digest('hex').slice(0, 16),
  }
}
