import { escapeControlCharacters } from '@goalixa/tools/escape-control-characters'
import { ALERT_IDENTITY_LABELS, CLUSTER_LABELS } from '../../snapshot/alert-labels.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS, SERVICE_NAMES } from '../../snapshot/needs.ts'
import { listAt, stringAt, stringMapAt } from '../../snapshot/objects/json-path.ts'
import { questionId } from '../../snapshot/question-id.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { defineAnalyser } from './define-analyser.ts'

/** The alerts of the scope that are still firing in Prometheus. */
export const alerts = defineAnalyser({
  needs: mergeNeeds(PODS, SERVICE_NAMES, { reads: ['alerts'] }),
  findings: {
    ALERT_FIRING: {
      title: 'The alert is firing.',
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
          message: `alert ${quote(name)} is firing${summary === undefined ? '' : `: ${quote(summary)}`}`,
          evidence: [read.evidence],
        },
      ]
    })
  },
})

/**
 * Whether a delivered alert is the one with these labels in Prometheus. On the way to its receiver an alert can lose labels
 * (`alert_relabel_configs`) and gets those that name its cluster (`external_labels`).
 */
export function isSameAlert(alert: AlertFact, labels: Record<string, string>): boolean {
  const isSame = (delivered: string | undefined, read: string | undefined) =>
    asRecorded(delivered) === asRecorded(read)
  const isAlike = (key: string) => alert.labels[key] === undefined || isSame(alert.labels[key], labels[key])
  return (
    isSame(alert.name, labels.alertname) &&
    ALERT_IDENTITY_LABELS.every(isAlike) &&
    CLUSTER_LABELS.every(key => labels[key] === undefined || isAlike(key))
  )
}

function identityOf(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    ['alertname', ...ALERT_IDENTITY_LABELS, ...CLUSTER_LABELS].flatMap(key =>
      labels[key] === undefined ? [] : [[key, labels[key]]],
    ),
  )
}

// A delivered alert is as it was sent; what was read went through the recorder, which escapes control characters and truncates.
function asRecorded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : escapeControlCharacters(text).slice(0, 1_000)
}

/** The service of the object that the alert names first: the labels `service` and `endpoint` may be those of the scraped exporter. */
function serviceOf(view: SnapshotView, labels: Record<string, string>): string | null {
  const workload = view.workloads.find(workload => labels[workload.kind.toLowerCase()] === workload.name)
  // A Job serves no requests, and the pod and service beside its name are those of the exporter.
  if (labels.job_name !== undefined || labels.cronjob !== undefined) return workload?.service ?? null
  const pod = view.podNamed(labels.pod ?? '')
  const ofPod = pod === undefined ? view.workloadByPodName(labels.pod ?? '') : view.workloadOfPod(pod)
  const named = [labels.service, labels.endpoint].find(
    label => label !== undefined && view.knowsService(label),
  )
  // The service of the scope is that of its only alert; of several alerts it is not known which one it belongs to.
  const inScope = view.scope.alerts.length === 1 ? view.service : null
  return workload?.service ?? ofPod?.service ?? (named === undefined ? inScope : view.names.ofLabel(named))
}
