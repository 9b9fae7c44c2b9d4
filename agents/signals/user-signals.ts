import type { MetricProfile } from './metric-profiles.ts'

export type Signal = [name: string, why: string, query: string]

/** The PromQL of what users feel in a namespace, by one installation's names, with labels called `service` and `method`. */
export function userSignals(profile: MetricProfile, namespace: string, windowSeconds: number): Signal[] {
  const { requests, requestSeconds, service, method, status } = profile
  const by = (labels: string, metric: string, matchers = '') =>
    `sum by (${labels}) (rate(${metric}{${profile.namespace}="${namespace}"${matchers}}[${windowSeconds}s]))`
  const failed = `,${status}=~"5.."`
  // A counter that was never raised has no series: without the zero, "no error yet" would look like "not measured".
  const errorRatio = (labels: string) =>
    `(${by(labels, requests, failed)} or ${by(labels, requests)} * 0) / (${by(labels, requests)} > 0)`
  const mean = `${by(service, `${requestSeconds}_sum`)} / (${by(service, `${requestSeconds}_count`)} > 0)`
  const p95 = `histogram_quantile(0.95, ${by(`${service},le`, `${requestSeconds}_bucket`)})`
  const all: Signal[] = [
    ['request-rate', 'how much each service serves', by(service, requests)],
    ['error-ratio', 'which services fail', errorRatio(service)],
    ['latency-p95', 'which services are slow', p95],
    ['latency-mean', 'where the seconds are spent', mean],
    ['error-ratio-by-method', 'whether writes or reads fail', errorRatio(`${service},${method}`)],
  ]
  return all.map(([name, why, query]) => [
    name,
    why,
    relabelled(
      relabelled(query, service, 'service'),
      name.endsWith('by-method') ? method : 'method',
      'method',
    ),
  ])
}

/** The same query with a label under another name. */
export function relabelled(query: string, from: string, to: string): string {
  return from === to ? query : `label_replace(${query}, "${to}", "$1", "${from}", "(.+)")`
}
