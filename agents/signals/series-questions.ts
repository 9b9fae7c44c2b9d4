import type { Question } from '@goalixa/tools/evidence'
import { isoOf, scaled, secondsOf } from '../snapshot/clock.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { callSignals } from './call-signals.ts'
import { METRIC_NAMES as M } from './metric-names.ts'
import { GOALIXA, type MetricProfile } from './metric-profiles.ts'
import { type Signal, userSignals } from './user-signals.ts'

const POINTS = 150

/** The range queries of round one: every signal over the whole namespace, from well before the alert until `until`. */
export function seriesQuestions(scope: Scope, namespace: string, until: string): Question[] {
  return rangesOf(scope, until, expressions(namespace, windowOf(scope)), '')
}

/** What users feel, and who calls whom, once more, by the names that were found instead. */
export function profileSeriesQuestions(
  scope: Scope,
  namespace: string,
  until: string,
  profile: MetricProfile,
): Question[] {
  const windowSeconds = windowOf(scope)
  const signals = [
    ...userSignals(profile, namespace, windowSeconds),
    ...callSignals(profile, namespace, windowSeconds),
  ]
  return rangesOf(scope, until, signals, `@${profile.name}`)
}

function rangesOf(scope: Scope, until: string, signals: Signal[], suffix: string): Question[] {
  const since = secondsOf(scope.since) ?? secondsOf(until) ?? 0
  const start = since - scaled(scope, 45 * 60, 180)
  const end = Math.max(secondsOf(until) ?? since, since + 1)
  const stepSeconds = Math.max(Math.ceil((end - start) / POINTS), Math.ceil(15 / scope.timeScale), 1)
  const range = { start: isoOf(start), end: isoOf(end), stepSeconds }
  return signals.map(([name, why, query]) => ({
    id: `series/${name}${suffix}`,
    tool: 'prometheus_query_range',
    args: { query, ...range },
    why,
  }))
}

function windowOf(scope: Scope): number {
  return Math.ceil(scaled(scope, 150, 6))
}

function expressions(namespace: string, windowSeconds: number): Signal[] {
  const rate = (metric: string, matchers = '') =>
    `rate(${metric}{namespace="${namespace}"${matchers}}[${windowSeconds}s])`
  const by = (labels: string, metric: string, matchers = '') =>
    `sum by (${labels}) (${rate(metric, matchers)})`
  const failed = ',status=~"5.."'
  // A counter that was never raised has no series: without the zero, "no error yet" would look like "not measured".
  const errorRatio = (labels: string) =>
    `(${by(labels, GOALIXA.requests, failed)} or ${by(labels, GOALIXA.requests)} * 0) / (${by(labels, GOALIXA.requests)} > 0)`
  const mean = (labels: string, metric: string) =>
    `${by(labels, `${metric}_sum`)} / (${by(labels, `${metric}_count`)} > 0)`
  const upstream = `${M.upstreamSeconds}_count`
  const upstreamFailed = ',outcome!="ok"'
  const state = (metric: string) => `max by (deployment) (${metric}{namespace="${namespace}"})`
  const container = ',container!="",container!="POD"'
  return [
    ...userSignals(GOALIXA, namespace, windowSeconds),
    [
      'error-rate-by-route',
      'which routes fail',
      `${by('service,method,route,status', GOALIXA.requests, failed)} > 0`,
    ],
    ['request-rate-by-revision', 'when each revision took traffic', by('service,revision', GOALIXA.requests)],
    ['error-ratio-by-revision', 'new pods against old pods', errorRatio('service,revision')],
    [
      'latency-mean-by-revision',
      'new pods against old pods',
      mean('service,revision', GOALIXA.requestSeconds),
    ],
    ['upstream-rate', 'who calls whom', by('service,upstream', upstream)],
    ['upstream-latency', 'how long callers wait', mean('service,upstream', M.upstreamSeconds)],
    [
      'upstream-error-ratio',
      'which calls fail',
      `(${by('service,upstream', upstream, upstreamFailed)} or ${by('service,upstream', upstream)} * 0) / (${by('service,upstream', upstream)} > 0)`,
    ],
    [
      'dependency-up',
      'whether dependencies answer',
      `min by (service,dependency) (${M.dependencyUp}{namespace="${namespace}"})`,
    ],
    [
      'dependency-up-by-revision',
      'new pods against old pods',
      `min by (service,dependency,revision) (${M.dependencyUp}{namespace="${namespace}"})`,
    ],
    [
      'memory',
      'whether memory grows to its limit',
      `max by (pod,container) (${M.workingSet}{namespace="${namespace}"${container}})`,
    ],
    ['cpu', 'whether a pod is saturated', by('pod', M.cpuSeconds, container)],
    [
      'restarts',
      'which containers restart',
      `max by (pod,container) (${M.restarts}{namespace="${namespace}"})`,
    ],
    ['replicas-desired', 'whether somebody scaled', state(M.replicasDesired)],
    ['replicas-available', 'whether pods are missing', state(M.replicasAvailable)],
    ['ingress-rate', 'what goes through the gateway', by('ingress,service,host', M.ingressRequests)],
  ]
}
