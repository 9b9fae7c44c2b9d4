import { neutralise } from '@goalixa/tools/neutralise'
import type { AlertFact } from '../snapshot.ts'
import { listAt, textAt, textsAt } from '../view/fields.ts'
import { quote } from '../view/quote.ts'
import type { View } from '../view/view.ts'
import type { Analyser } from './analyser.ts'

/** The alerts that the investigation is about, as far as Prometheus still holds them firing. */
export const alerts: Analyser = view => {
  const read = view.read('alerts')
  if (read === undefined) return []
  return listAt(read.result, 'alerts').flatMap(one => {
    const labels = textsAt(one, 'labels')
    const told = view.about.alerts.find(alert => isSame(alert, labels))
    if (told === undefined || textAt(one, 'state') !== 'firing') return []
    const name = labels.alertname ?? ''
    return [
      {
        code: 'ALERT_FIRING',
        subject: { kind: 'Alert', namespace: labels.namespace ?? null, name },
        service: serviceOf(view, labels),
        onset: textAt(one, 'activeAt'),
        says: `alert ${quote(name)} fires${told.annotations.summary === undefined ? '' : `: ${quote(told.annotations.summary)}`}`,
        evidence: [read.evidence],
      },
    ]
  })
}

const WHO = ['namespace', 'service', 'deployment', 'pod', 'container', 'dependency', 'endpoint']

function isSame(alert: AlertFact, labels: Record<string, string>): boolean {
  const same = (told: string | undefined, read: string | undefined) => asRecorded(told) === asRecorded(read)
  return same(alert.name, labels.alertname) && WHO.every(key => same(alert.labels[key], labels[key]))
}

// The alert came as it was sent; what was read has gone through the recorder, which shows what steers and cuts what is long.
function asRecorded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : neutralise(text).slice(0, 1_000)
}

function serviceOf(view: View, labels: Record<string, string>): string | null {
  if (labels.service !== undefined) return labels.service
  if (labels.endpoint !== undefined) return labels.endpoint
  const workload = view.workloads.find(
    one => one.name === labels.deployment || one.name === labels.statefulset,
  )
  const pod = view.pods.find(one => one.name === labels.pod)
  const ofPod =
    pod === undefined
      ? view.workloads.find(one => labels.pod?.startsWith(`${one.name}-`))
      : view.workloadOfPod(pod)
  // What is asked about in general says nothing about one of several alerts.
  const general = view.about.alerts.length === 1 ? view.service : null
  return workload?.service ?? ofPod?.service ?? general
}
