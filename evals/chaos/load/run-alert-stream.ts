import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './create-random.ts'
import type { Journal } from './journal.ts'
import { type SentAlert, sendAlerts } from './send-alerts.ts'

type Options = { apiUrl: string; journal: Journal; random: Random; signal: AbortSignal }

/** Sends alerts that need no remedy: single ones, groups, duplicates, and resolved ones, some of which never fired before. */
export async function runAlertStream({ apiUrl, journal, random, signal }: Options) {
  const sent: SentAlert[] = []
  for (let number = 1; !signal.aborted; number += 1) {
    await sendAlerts(apiUrl, journal, nextDelivery(number))
    await sleep(random.between(300, 1_500), undefined, { signal }).catch(() => undefined)
  }

  function nextDelivery(number: number): SentAlert[] {
    const former = sent.length > 0 ? random.pick(sent) : undefined
    const kind = random.between(0, 1)
    if (former && kind < 0.2) return [former]
    if (former && kind < 0.4) return [{ ...former, status: 'resolved' }]
    const size = kind > 0.95 ? 8 : 1
    const alerts = Array.from({ length: size }, (_, index) => trivialAlert(`trivial-${number}-${index}`))
    sent.push(...alerts)
    return kind < 0.45 ? alerts.map(alert => ({ ...alert, status: 'resolved' })) : alerts
  }
}

/** An alert of a service that has nothing to heal. */
export function trivialAlert(service: string): SentAlert {
  return {
    name: 'ChaosTrivial',
    service,
    severity: 'warning',
    status: 'firing',
    startsAt: new Date().toISOString(),
  }
}
