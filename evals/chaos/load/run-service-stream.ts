import { setTimeout as sleep } from 'node:timers/promises'
import { findRemedy, REMEDIES } from '../remedies/catalog.ts'
import { OUTCOMES, type Service, serviceName } from '../remedies/remedy.ts'
import type { Targets } from '../system/start-targets.ts'
import type { Random } from './create-random.ts'
import type { Journal } from './journal.ts'
import { sendAlerts } from './send-alerts.ts'

type Options = {
  apiUrl: string
  targets: Targets
  journal: Journal
  services: Service[]
  random: Random
  signal: AbortSignal
  /** Called once the first services are prepared. */
  onReady: () => void
}

/** Services that are prepared ahead: Argo CD takes seconds for each of its own. */
const AHEAD = 8

/** Sends the critical alert of one service after the other, each until it is accepted. The services are prepared ahead. */
export async function runServiceStream({
  apiUrl,
  targets,
  journal,
  services,
  random,
  signal,
  onReady,
}: Options) {
  const names = nameServices(random)
  const pending: Promise<Service>[] = []
  const alerting: Promise<void>[] = []
  const prepareNext = () => {
    const prepared = prepareService(targets, names.next().value)
    // A failure is reported when the service's turn comes.
    prepared.catch(() => undefined)
    pending.push(prepared)
  }
  for (let count = 0; count < AHEAD; count += 1) prepareNext()
  await Promise.all(pending)
  onReady()
  while (!signal.aborted) {
    const service = await pending.shift()
    prepareNext()
    if (service === undefined) continue
    services.push(service)
    // While the API is down, the alerts of several services wait.
    alerting.push(alertUntilAccepted(apiUrl, journal, service, signal))
    await sleep(random.between(800, 2_500), undefined, { signal }).catch(() => undefined)
  }
  await Promise.allSettled([...pending, ...alerting])
}

/** Every remedy in turn; three services in ten are stubborn. */
function* nameServices(random: Random): Generator<string, never> {
  for (let number = 1; ; number += 1) {
    const remedy = REMEDIES[(number - 1) % REMEDIES.length] ?? random.pick(REMEDIES)
    yield serviceName(remedy.name, random.isHit(0.3) ? OUTCOMES[1] : OUTCOMES[0], number)
  }
}

/** Creates a service in the targets, as its name says. */
export async function prepareService(targets: Targets, name: string): Promise<Service> {
  const remedy = findRemedy(name)
  if (remedy === undefined) throw new Error(`There is no remedy for a service called ${name}.`)
  const outcome = OUTCOMES.find(each => name.includes(`-${each}-`)) ?? 'heals'
  return { name, remedy: remedy.name, outcome, prepared: await remedy.prepare(targets, name) }
}

/** Sends a service's critical alert again and again until it is accepted, as Alertmanager does. */
export async function alertUntilAccepted(
  apiUrl: string,
  journal: Journal,
  { name }: Service,
  signal: AbortSignal,
) {
  const startsAt = new Date().toISOString()
  const alert = {
    name: `Chaos-${name}`,
    service: name,
    severity: 'critical',
    status: 'firing',
    startsAt,
  } as const
  while (!signal.aborted && !(await sendAlerts(apiUrl, journal, [alert])))
    await sleep(500, undefined, { signal }).catch(() => undefined)
}
