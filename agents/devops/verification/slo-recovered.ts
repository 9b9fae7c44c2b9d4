import { quoteLabelValue } from '@goalixa/tools/prometheus/quote-label-value'
import { cardOf } from '../../incident/analysers/registry.ts'
import type { Cause } from '../../incident/verdict.ts'
import { findChangePoint } from '../../signals/change-point.ts'
import { detectMetricProfile } from '../../signals/detect-metric-profile.ts'
import { meanOf, ratioOf } from '../../signals/promql.ts'
import type { SignalName } from '../../signals/signals.ts'
import { rateWindowSeconds, scaled } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { signalOf } from '../../snapshot/series/lookup.ts'
import { isKubernetesName } from '../../snapshot/text/is-kubernetes-name.ts'
import type { PredicateOfKind } from './predicate.ts'

type SloRecovered = PredicateOfKind<'slo-recovered'>
type SloWorse = PredicateOfKind<'slo-worse'>
/** How far a recovered signal may stay above its level before: `least` in its unit, `share` of the rise. */
type Allowance = { least: number; share: number }

/** Above this error ratio at the diagnosis there is too little room left for an increase, so degradation is not watched. */
const MAX_ERROR_RATIO = 0.6
/** An increase of the error ratio by this much counts as worse. */
const WORSE_BY = 0.3

/** As many requests in one window always suffice for a conclusion. Chosen, not fitted, like all numbers of this file. */
const MAX_REQUIRED_REQUESTS = 20

/** The signals that users notice are back close to their level before the onset. With too few recent requests that is unknown. */
export function sloRecovered(view: SnapshotView, cause: Cause): SloRecovered[] {
  return affectedServices(cause).flatMap(service => [
    ...errorRatioRecovered(view, service),
    ...latencyRecovered(view, service),
  ])
}

/** The error ratio is clearly higher than at the diagnosis. */
export function sloWorse(view: SnapshotView, cause: Cause): SloWorse[] {
  return affectedServices(cause).flatMap(service => errorRatioWorse(view, service))
}

/** The window over which requests are counted, in seconds. */
export function windowSeconds(view: SnapshotView): number {
  return rateWindowSeconds(view.scope)
}

/** The services on the causal chain whose users are affected. */
function affectedServices(cause: Cause): string[] {
  const affected = cause.chain.filter(({ code }) => cardOf(code).isUserVisible)
  return [...new Set(affected.flatMap(({ service }) => service ?? []))].filter(isKubernetesName)
}

function errorRatioRecovered(view: SnapshotView, service: string): SloRecovered[] {
  const onset = findOnset(view, 'error-ratio', service, 0.01)
  if (onset === null) return []
  const limit = roundRatio(limitOf(onset, { least: 0.01, share: 1 / 5 }))
  return [
    {
      kind: 'slo-recovered',
      signal: 'error-ratio',
      service,
      limit,
      message: `${service} fails less than ${roundRatio(limit * 100)} % of its requests`,
      ...buildQuery(view, service, errorRatio(view, service)),
      op: '<',
      value: limit,
    },
  ]
}

function latencyRecovered(view: SnapshotView, service: string): SloRecovered[] {
  const onset = findOnset(view, 'latency-mean', service, 0.02)
  if (onset === null) return []
  const limit = roundRatio(limitOf(onset, { least: 0.02, share: 1 / 3 }))
  const part = (suffix: string) =>
    sumOf(view, service, `${detectMetricProfile(view).requestSeconds}_${suffix}`)
  return [
    {
      kind: 'slo-recovered',
      signal: 'latency-mean',
      service,
      limit,
      message: `requests to ${service} take less than ${Math.round(limit * 1000)} ms on average`,
      ...buildQuery(view, service, meanOf(part('sum'), part('count'))),
      op: '<',
      value: limit,
    },
  ]
}

// Close to the level before: above it by a tenth of the rise or by half of that level, whichever is more, but by no more than
// `share` of the rise. Values below `least` are noise.
function limitOf({ before, after }: { before: number; after: number }, { least, share }: Allowance): number {
  const rise = after - before
  return Math.max(before + Math.min(Math.max(rise / 10, before / 2), rise * share), least)
}

function errorRatioWorse(view: SnapshotView, service: string): SloWorse[] {
  const now = signalOf(view, 'error-ratio', { service })?.points.at(-1)?.[1]
  if (now === undefined || now > MAX_ERROR_RATIO) return []
  const limit = roundRatio(now + WORSE_BY)
  return [
    {
      kind: 'slo-worse',
      signal: 'error-ratio',
      service,
      limit,
      message: `${service} fails more than ${roundRatio(limit * 100)} % of its requests`,
      ...buildQuery(view, service, errorRatio(view, service)),
      op: '>',
      value: limit,
    },
  ]
}

/** Returns a sample only while the window holds enough requests and recent samples. */
function buildQuery(view: SnapshotView, service: string, expression: string) {
  const window = windowSeconds(view)
  const newest = `max(timestamp(${detectMetricProfile(view).requests}{${labelsOf(view, service)}}))`
  const guards = [
    `${sumOf(view, service, detectMetricProfile(view).requests)} * ${window} >= ${requiredRequests(view, service)}`,
    `time() - ${newest} < ${Math.ceil(scaled(view.scope, 180, 10))}`,
  ]
  return {
    tool: 'prometheus_query' as const,
    args: { query: `(${expression}) and (${guards.join(') and (')})` },
    path: 'samples.max',
  }
}

/** Half of the usual number of requests in a window, so that recovery can also be judged for a service with little traffic. */
function requiredRequests(view: SnapshotView, service: string): number {
  const rates = (signalOf(view, 'request-rate', { service })?.points ?? []).map(([, rate]) => rate)
  const usual = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]
  if (usual === undefined) return MAX_REQUIRED_REQUESTS
  return Math.min(MAX_REQUIRED_REQUESTS, Math.max(3, Math.floor((usual * windowSeconds(view)) / 2)))
}

function errorRatio(view: SnapshotView, service: string): string {
  const { requests, status } = detectMetricProfile(view)
  const all = sumOf(view, service, requests)
  return ratioOf(sumOf(view, service, requests, `,${status}=~"5.."`), all)
}

function sumOf(view: SnapshotView, service: string, metric: string, more = ''): string {
  return `sum(rate(${metric}{${labelsOf(view, service)}${more}}[${windowSeconds(view)}s]))`
}

function labelsOf(view: SnapshotView, service: string): string {
  const profile = detectMetricProfile(view)
  return `${profile.namespace}="${view.namespace}",${profile.service}=${quoteLabelValue(view.measuredAs(service))}`
}

function findOnset(view: SnapshotView, name: SignalName, service: string, minAbsolute: number) {
  const signal = signalOf(view, name, { service })
  return signal === null
    ? null
    : findChangePoint(signal.points, { worse: 'up', minAbsolute, minRelative: 0.5 })
}

function roundRatio(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
