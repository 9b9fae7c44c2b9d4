import type { MetricProfile } from './metric-profiles.ts'
import { relabelled, type Signal } from './user-signals.ts'

/**
 * The PromQL of who calls whom in a namespace, as the callers measured it, with labels called `service` and `upstream`; none
 * where an installation has no such names. By OpenTelemetry's conventions `error_type` is there for each failed call, also
 * for answers of 400 to 499, which are the caller's own fault.
 */
export function callSignals(profile: MetricProfile, namespace: string, windowSeconds: number): Signal[] {
  const { callSeconds, callee, service } = profile
  if (callSeconds === undefined || callee === undefined) return []
  const by = (part: string, matchers = '') =>
    `sum by (${service},${callee}) (rate(${callSeconds}_${part}{${profile.namespace}="${namespace}"${matchers}}[${windowSeconds}s]))`
  const failed = by('count', `,error_type!="",${profile.status}=~"(5..)?"`)
  const all: Signal[] = [
    ['upstream-rate', 'who calls whom', by('count')],
    ['upstream-latency', 'how long callers wait', `${by('sum')} / (${by('count')} > 0)`],
    ['upstream-error-ratio', 'which calls fail', `(${failed} or ${by('count')} * 0) / (${by('count')} > 0)`],
  ]
  return all.map(([name, why, query]) => [
    name,
    why,
    relabelled(relabelled(query, service, 'service'), callee, 'upstream'),
  ])
}
