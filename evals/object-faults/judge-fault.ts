import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '@goalixa/sandbox/platform/wait-until'
import { type Kind, pathOf } from '@goalixa/tools/kubernetes/kinds'
import type { TestBed } from './create-test-bed.ts'
import type { Namespace, ObjectFault, PodObject } from './object-fault.ts'

/** What Syntra says about a fault: right, wrong, or no cause named. */
export type Judgement = { fault: ObjectFault; result: 'right' | 'wrong' | 'none'; said: string }

const TIMEOUT_MS = 120_000
/** Longer than the time for which a pod may be starting: no alert fires earlier. */
const SETTLE_MS = 12_000

/** Brings about one fault in a namespace of its own, delivers its alert, and compares the verdict with the truth. */
export async function judgeFault(
  bed: TestBed,
  fault: ObjectFault,
  name: string,
  signal: AbortSignal,
): Promise<Judgement> {
  const { client, syntra } = bed
  const until = <T>(what: string, check: () => Promise<T | undefined | false>) =>
    waitUntil(check, { what, timeoutMs: TIMEOUT_MS, everyMs: 300, signal })
  const inNamespace = (kind: string, object?: string) => pathOf(kind as Kind, name, object)
  const read = async (): Promise<Namespace> => {
    const pods = await client.request<{ items: PodObject[] }>('GET', inNamespace('Pod'))
    const events = await client.request<{ items: Namespace['events'] }>('GET', inNamespace('Event'))
    return { name, pods: pods.items, events: events.items }
  }
  const isReported = ({ pods }: Namespace) => pods.length > 0 && pods.every(bed.hasReported)
  const hasSymptom = ({ pods }: Namespace) =>
    pods.some(pod => bed.hasReported(pod) && pod.status?.podIP && fault.symptomOf?.(pod) !== undefined)

  await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name, labels: fault.labels } } })
  await until(`the service account of ${name}`, () =>
    client.request('GET', inNamespace('ServiceAccount', 'default')).then(
      () => true,
      () => false,
    ),
  )
  for (const object of fault.objects) await client.request('POST', inNamespace(object.kind), { body: object })
  if (fault.change || fault.stopsNode) {
    await until(`${fault.name}: healthy pods`, async () => isHealthy(await read(), isReported))
    if (fault.change)
      await client.request('PATCH', inNamespace(fault.change.kind, fault.change.name), {
        body: fault.change.patch,
        contentType: 'application/merge-patch+json',
      })
    else bed.loseNode()
  }
  const isVisible = fault.isVisible ?? hasSymptom
  await until(`${fault.name}: the fault to show`, async () => isVisible(await read()))
  await sleep(SETTLE_MS, undefined, { signal })

  const labels = fault.alert(await read())
  const source: Record<string, string> = labels.alertname?.startsWith('Kube')
    ? { job: 'kube-state-metrics' }
    : {}
  await bed.deliver({ ...source, namespace: name, severity: 'warning', ...labels })
  const found = await until(`${fault.name}: a verdict`, async () => {
    const { body } = await syntra.get('/v1/incidents?limit=100')
    const incident = body.incidents.find(
      (item: { alertList?: { labels: Record<string, string> }[]; namespace?: string }) =>
        item.namespace === name,
    )
    return incident?.investigation?.state === 'done' ? incident.investigation.id : undefined
  })
  const { body } = await syntra.get(`/v1/investigations/${found}`)
  return { fault, ...compare(fault, body.verdict) }
}

type Verdict = { outcome: string; message: string; causes: { code: string; subject: { name: string } }[] }

function compare({ truth }: ObjectFault, { outcome, message, causes }: Verdict): Omit<Judgement, 'fault'> {
  const [first] = causes
  if (outcome !== 'cause' || !first)
    return { result: truth === null ? 'right' : 'none', said: `${outcome}: ${message}` }
  const isRight = truth?.causes.some(code => code === first.code) && first.subject.name === truth.subject
  return { result: isRight ? 'right' : 'wrong', said: `${first.code} of ${first.subject.name}: ${message}` }
}

function isHealthy(namespace: Namespace, isReported: (namespace: Namespace) => boolean): boolean {
  const isReady = ({ status }: PodObject) =>
    (status?.conditions ?? []).some(condition => condition.type === 'Ready' && condition.status === 'True')
  return isReported(namespace) && namespace.pods.every(isReady)
}
