import { escapeControlCharacters } from '@goalixa/tools/escape-control-characters'
import { ALERT_IDENTITY_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS, SERVICE_NAMES } from '../../snapshot/needs.ts'
import { listAt, stringAt, stringMapAt } from '../../snapshot/objects/json-path.ts'
import { questionId } from '../../snapshot/question-id.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { defineAnalyser } from './define-analyser.ts'

/** The alerts of the scope, as far as Prometheus still holds them firing. */
export const alerts = defineAnalyser({
  needs: mergeNeeds(PODS, SERVICE_NAMES, { reads: ['alerts'] }),
  findings: {
    ALERT_FIRING: {
      title: 'The alert fires.',
      layer: 'alert',
      kind: 'symptom',
      basis: 'observation',
      effects: [],
      cause: null,
      mechanism: null,
    },
  },
  run: view => {
    const read = view.read(questionId.alerts())
    if (read === undefined) return []
    return listAt(read.result, 'alerts').flatMap(firing => {
      const labels = stringMapAt(firing, 'labels')
      const delivered = view.scope.alerts.find(alert => isSameAlert(alert, labels))
      if (delivered === undefined || stringAt(firing, 'state') !== 'firing') return []
      const name = labels.alertname ?? ''
      const { summary } = delivered.annotations
      return [
        {
          code: 'ALERT_FIRING',
          subject: { kind: 'Alert', namespace: labels.namespace ?? null, name },
          service: serviceOf(view, labels),
          onset: stringAt(firing, 'activeAt'),
          detail: { kind: 'alert', labels: identityOf(labels) },
          message: `alert ${quote(name)} fires${summary === undefined ? '' : `: ${quote(summary)}`}`,
          evidence: [read.evidence],
        },
      ]
    })
  },
})

/** Whether an alert that was delivered is the one with these labels in Prometheus. */
export function isSameAlert(alert: AlertFact, labels: Record<string, string>): boolean {
  const same = (told: string | undefined, read: string | undefined) => asRecorded(told) === asRecorded(read)
  return (
    same(alert.name, labels.alertname) &&
    ALERT_IDENTITY_LABELS.every(key => same(alert.labels[key], labels[key]))
  )
}

function identityOf(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    ['alertname', ...ALERT_IDENTITY_LABELS].flatMap(key =>
      labels[key] === undefined ? [] : [[key, labels[key]]],
    ),
  )
}

// The alert came as it was sent; what was read has gone through the recorder, which shows what steers and cuts what is long.
function asRecorded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : escapeControlCharacters(text).slice(0, 1_000)
}

/** By the object that the alert names; `service` and `endpoint` may be those of the exporter that was scraped. */
function serviceOf(view: SnapshotView, labels: Record<string, string>): string | null {
  const workload = view.workloads.find(workload => labels[workload.kind.toLowerCase()] === workload.name)
  const pod = view.podNamed(labels.pod ?? '')
  const ofPod = pod === undefined ? view.workloadByPodName(labels.pod ?? '') : view.workloadOfPod(pod)
  const told = [labels.service, labels.endpoint].find(one => one !== undefined && view.knowsService(one))
  // What is asked about in general says nothing about one of several alerts.
  const general = view.scope.alerts.length === 1 ? view.service : null
  return workload?.service ?? ofPod?.service ?? (told === undefined ? general : view.names.ofLabel(told))
}
