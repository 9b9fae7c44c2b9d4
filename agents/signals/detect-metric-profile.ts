import type { Question } from '@goalixa/tools/evidence'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { listAt, stringAt } from '../snapshot/objects/json-path.ts'
import { questionId } from '../snapshot/question-id.ts'
import { GOALIXA, type MetricProfile, PROFILES } from './metric-profiles.ts'

/** Asks which of the known metric names Prometheus has in a namespace, where Goalixa's names measure nothing. */
export function profileQuestion(namespace: string): Question {
  const present = PROFILES.map(({ name, requests, ...labels }) => {
    const matchers = `${labels.namespace}="${namespace}",${labels.service}!="",${labels.status}!=""`
    return `label_replace(count(${requests}{${matchers}}), "profile", "${name}", "", "")`
  })
  return {
    id: questionId.metricProfiles(),
    tool: 'prometheus_query',
    args: { query: present.join(' or ') },
    why: 'names of the metrics in this namespace',
  }
}

/** The profile of metric names that measures the services of a snapshot: Goalixa's, unless another one was found. */
export function detectMetricProfile(view: SnapshotView): MetricProfile {
  const found = listAt(view.read(questionId.metricProfiles())?.result, 'samples').map(sample =>
    stringAt(sample, 'labels.profile'),
  )
  return PROFILES.find(profile => found.includes(profile.name)) ?? GOALIXA
}
