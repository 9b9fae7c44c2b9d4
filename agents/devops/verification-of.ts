import { quoteLabelValue } from '@goalixa/tools/prometheus/quote-label-value'
import { onsetOf } from '../incident/metrics/onset.ts'
import type { AlertFact } from '../incident/snapshot.ts'
import type { Cause } from '../incident/verdict.ts'
import { scaled } from '../incident/view/clock.ts'
import { oneLine } from '../incident/view/one-line.ts'
import { signalOf } from '../incident/view/signals.ts'
import type { View } from '../incident/view/view.ts'
import type { Workload } from '../incident/view/workload.ts'
import { isName } from '../planner/is-name.ts'
import { METRIC_NAMES as M } from '../planner/metric-names.ts'
import type { Predicate, Verification } from './proposal.ts'

type Wanted = {
  view: View
  cause: Cause
  workload: Workload | undefined
  replicas?: number | null
  also?: Predicate[]
}

/**
 * Recovery as predicates: the alerts no longer fire, the pods are all there in one revision, and what users felt is back
 * near where it was before. Windows are one and ten minutes in production.
 */
export function verificationOf({ view, cause, workload, replicas, also = [] }: Wanted): Verification {
  const wanted = replicas ?? workload?.desired ?? null
  return {
    recovered: [
      ...view.about.alerts.flatMap(alertIsQuiet),
      ...also,
      ...(workload === undefined || wanted === null ? [] : podsAreThere(workload, wanted)),
      ...feltServices(cause).flatMap(service => [
        ...errorsAreDown(view, service),
        ...latencyIsDown(view, service),
      ]),
    ],
    worse: feltServices(cause).flatMap(service => failsMore(view, service)),
    forSeconds: Math.round(scaled(view.about, 60, 5)),
    withinSeconds: Math.round(scaled(view.about, 600, 90)),
  }
}

function alertIsQuiet(alert: AlertFact): Predicate[] {
  const known = ['namespace', 'service', 'deployment', 'pod', 'container', 'endpoint', 'dependency']
  const labels = known.flatMap(key => {
    const value = alert.labels[key]
    return value === undefined ? [] : [`${key}=${quoteLabelValue(value)}`]
  })
  // Names and labels are somebody's text: quoted, they can select nothing but this alert.
  const name = `alertname=${quoteLabelValue(alert.name)}`
  const matchers = [name, 'alertstate="firing"', ...labels].join(',')
  return [
    {
      says: `${oneLine(alert.name)} no longer fires`,
      tool: 'prometheus_query',
      args: { query: `ALERTS{${matchers}}` },
      path: 'samples.count',
      op: '==',
      value: 0,
    },
  ]
}

function podsAreThere(workload: Workload, wanted: number): Predicate[] {
  if (workload.kind !== 'Deployment') return []
  const args = { namespace: workload.namespace ?? '', kind: workload.kind, name: workload.name }
  const read = { tool: 'kubernetes_get_object', args, op: '==' as const, value: wanted }
  return [
    {
      ...read,
      says: `all ${wanted} pods of ${workload.name} are available`,
      path: 'object.status.availableReplicas',
    },
    { ...read, says: `all of them are of the current revision`, path: 'object.status.updatedReplicas' },
    { ...read, says: `no others are left`, path: 'object.status.replicas' },
  ]
}

/** The services whose users feel it, by the chain. */
function feltServices(cause: Cause): string[] {
  const felt = cause.chain.filter(one => ['ERRORS_UP', 'LATENCY_UP', 'UPSTREAM_ERRORS'].includes(one.code))
  return [...new Set(felt.flatMap(one => one.service ?? []))].filter(isName)
}

function errorsAreDown(view: View, service: string): Predicate[] {
  const onset = onsetFor(view, 'error-ratio', service, 0.01)
  if (onset === null) return []
  const limit = rounded(Math.max(onset.before + (onset.after - onset.before) / 5, 0.01))
  return [
    {
      says: `${service} answers less than ${rounded(limit * 100)} % with errors`,
      tool: 'prometheus_query',
      args: { query: errorRatio(view, service) },
      path: 'samples.max',
      op: '<',
      value: limit,
    },
  ]
}

function latencyIsDown(view: View, service: string): Predicate[] {
  const onset = onsetFor(view, 'latency-mean', service, 0.02)
  if (onset === null) return []
  const limit = rounded(onset.before + (onset.after - onset.before) / 3)
  const window = windowOf(view)
  const labels = `namespace="${view.namespace}",service="${service}"`
  const part = (suffix: string) => `sum(rate(${M.requestSeconds}_${suffix}{${labels}}[${window}]))`
  return [
    {
      says: `a request to ${service} takes less than ${Math.round(limit * 1000)} ms on average`,
      tool: 'prometheus_query',
      args: { query: `${part('sum')} / (${part('count')} > 0)` },
      path: 'samples.max',
      op: '<',
      value: limit,
    },
  ]
}

function failsMore(view: View, service: string): Predicate[] {
  const now = signalOf(view, 'error-ratio', { service })?.points.at(-1)?.[1]
  if (now === undefined || now > 0.6) return []
  const limit = rounded(now + 0.3)
  return [
    {
      says: `${service} answers more than ${rounded(limit * 100)} % with errors`,
      tool: 'prometheus_query',
      args: { query: errorRatio(view, service) },
      path: 'samples.max',
      op: '>',
      value: limit,
    },
  ]
}

function errorRatio(view: View, service: string): string {
  const labels = `namespace="${view.namespace}",service="${service}"`
  const rate = (more: string) => `sum(rate(${M.requests}{${labels}${more}}[${windowOf(view)}]))`
  return `(${rate(',status=~"5.."')} or ${rate('')} * 0) / (${rate('')} > 0)`
}

function onsetFor(view: View, name: string, service: string, leastChange: number) {
  const signal = signalOf(view, name, { service })
  return signal === null ? null : onsetOf(signal.points, { worse: 'up', leastChange, leastShare: 0.5 })
}

function windowOf(view: View): string {
  return `${Math.ceil(scaled(view.about, 150, 6))}s`
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
