import type { Question } from '@goalixa/tools/evidence'
import type { About } from '../incident/snapshot.ts'
import { isoOf, scaled, secondsOf } from '../incident/view/clock.ts'
import { METRIC_NAMES as M } from './metric-names.ts'

const POINTS = 150

/** The range queries of round one: every signal over the whole namespace, from well before the alert until `until`. */
export function seriesQuestions(about: About, namespace: string, until: string): Question[] {
  const since = secondsOf(about.since) ?? secondsOf(until) ?? 0
  const start = since - scaled(about, 45 * 60, 180)
  const end = Math.max(secondsOf(until) ?? since, since + 1)
  const stepSeconds = Math.max(Math.ceil((end - start) / POINTS), Math.ceil(15 / about.timeScale), 1)
  const range = { start: isoOf(start), end: isoOf(end), stepSeconds }
  return expressions(namespace, Math.ceil(scaled(about, 150, 6))).map(([name, why, query]) => ({
    id: `series/${name}`,
    tool: 'prometheus_query_range',
    args: { query, ...range },
    why,
  }))
}

function expressions(namespace: string, windowSeconds: number): [string, string, string][] {
  const rate = (metric: string, matchers = '') =>
    `rate(${metric}{namespace="${namespace}"${matchers}}[${windowSeconds}s])`
  const by = (labels: string, metric: string, matchers = '') =>
    `sum by (${labels}) (${rate(metric, matchers)})`
  const failed = ',status=~"5.."'
  // A counter that was never raised has no series: without the zero, "no error yet" would look like "not measured".
  const errorRatio = (labels: string) =>
    `(${by(labels, M.requests, failed)} or ${by(labels, M.requests)} * 0) / (${by(labels, M.requests)} > 0)`
  const mean = (labels: string, metric: string) =>
    `${by(labels, `${metric}_sum`)} / (${by(labels, `${metric}_count`)} > 0)`
  const upstream = `${M.upstreamSeconds}_count`
  const upstreamFailed = ',outcome!="ok"'
  const state = (metric: string) => `max by (deployment) (${metric}{namespace="${namespace}"})`
  const container = ',container!="",container!="POD"'
  return [
    ['request-rate', 'how much each service serves', by('service', M.requests)],
    ['error-ratio', 'which services fail', errorRatio('service')],
    ['latency-p95', 'which services are slow', p95(by('service,le', `${M.requestSeconds}_bucket`))],
    ['latency-mean', 'where the seconds are spent', mean('service', M.requestSeconds)],
    ['error-ratio-by-method', 'whether writes or reads fail', errorRatio('service,method')],
    [
      'error-rate-by-route',
      'which routes fail',
      `${by('service,method,route,status', M.requests, failed)} > 0`,
    ],
    ['request-rate-by-revision', 'when each revision took traffic', by('service,revision', M.requests)],
    ['error-ratio-by-revision', 'new pods against old pods', errorRatio('service,revision')],
    ['latency-mean-by-revision', 'new pods against old pods', mean('service,revision', M.requestSeconds)],
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

function p95(buckets: string): string {
  return `histogram_quantile(0.95, ${buckets})`
}
