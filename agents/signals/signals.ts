import { EXPORTER_METRICS as M } from './exporter-metrics.ts'
import { GOALIXA, type MetricProfile } from './metric-profiles.ts'
import { meanOf, ratioOf, relabel } from './promql.ts'

/** One signal: what it shows and how it is read. To add one, copy a neighbour. */
type SignalCard = {
  /** What it shows, as a noun phrase: the reason that people read on the timeline. */
  why: string
  unit: 'requests/s' | 'calls/s' | 'ratio' | 'seconds' | 'bytes' | 'replicas' | 'up'
  /** The labels of its series, whatever an installation calls them. */
  labels: readonly Label[]
  /** `service`: measured by the services themselves, by the names of a profile. `platform`: by exporters, named the same everywhere. */
  source: 'service' | 'platform'
  /** Null where a profile has no such metric. */
  promql: (names: MetricProfile, build: QueryBuilder) => string | null
}

type Label =
  | 'service'
  | 'method'
  | 'revision'
  | 'upstream'
  | 'dependency'
  | 'pod'
  | 'container'
  | 'deployment'
  | 'ingress'
  | 'host'

/** Every signal, in the order in which they are read. */
export const SIGNALS = {
  'request-rate': {
    why: 'request rate of each service',
    unit: 'requests/s',
    labels: ['service'],
    source: 'service',
    promql: ({ requests }, { rate }) => rate(requests),
  },
  'error-ratio': {
    why: 'error ratio of each service',
    unit: 'ratio',
    labels: ['service'],
    source: 'service',
    promql: ({ requests, status }, { rate }) => ratioOf(rate(requests, failed(status)), rate(requests)),
  },
  'latency-p95': {
    why: '95th percentile of the latency of each service',
    unit: 'seconds',
    labels: ['service'],
    source: 'service',
    promql: ({ requestSeconds }, { rateBy }) =>
      `histogram_quantile(0.95, ${rateBy(['service', 'le'], `${requestSeconds}_bucket`)})`,
  },
  'latency-mean': {
    why: 'mean latency of each service',
    unit: 'seconds',
    labels: ['service'],
    source: 'service',
    promql: ({ requestSeconds }, { mean }) => mean(requestSeconds),
  },
  'error-ratio-by-method': {
    why: 'error ratio of reads and writes',
    unit: 'ratio',
    labels: ['service', 'method'],
    source: 'service',
    promql: ({ requests, status }, { rate }) => ratioOf(rate(requests, failed(status)), rate(requests)),
  },
  'error-ratio-by-revision': {
    why: 'error ratio of new pods against old pods',
    unit: 'ratio',
    labels: ['service', 'revision'],
    source: 'service',
    promql: ({ requests, status, revision }, { rate }) =>
      revision === undefined ? null : ratioOf(rate(requests, failed(status)), rate(requests)),
  },
  'latency-mean-by-revision': {
    why: 'mean latency of new pods against old pods',
    unit: 'seconds',
    labels: ['service', 'revision'],
    source: 'service',
    promql: ({ requestSeconds, revision }, { mean }) =>
      revision === undefined ? null : mean(requestSeconds),
  },
  'upstream-rate': {
    why: 'call rate between services',
    unit: 'calls/s',
    labels: ['service', 'upstream'],
    source: 'service',
    promql: ({ calls }, { rate }) => (calls === undefined ? null : rate(`${calls.seconds}_count`)),
  },
  'upstream-latency': {
    why: 'mean latency of calls between services, as the callers measure it',
    unit: 'seconds',
    labels: ['service', 'upstream'],
    source: 'service',
    promql: ({ calls }, { mean }) => (calls === undefined ? null : mean(calls.seconds)),
  },
  'upstream-error-ratio': {
    why: 'error ratio of calls between services, as the callers measure it',
    unit: 'ratio',
    labels: ['service', 'upstream'],
    source: 'service',
    promql: ({ calls }, { rate }) =>
      calls === undefined
        ? null
        : ratioOf(rate(`${calls.seconds}_count`, calls.failed), rate(`${calls.seconds}_count`)),
  },
  'dependency-up': {
    why: 'dependency checks of each service',
    unit: 'up',
    labels: ['service', 'dependency'],
    source: 'service',
    promql: ({ dependencyUp }, { lowest }) => (dependencyUp === undefined ? null : lowest(dependencyUp)),
  },
  'dependency-up-by-revision': {
    why: 'dependency checks of new pods against old pods',
    unit: 'up',
    labels: ['service', 'dependency', 'revision'],
    source: 'service',
    promql: ({ dependencyUp, revision }, { lowest }) =>
      dependencyUp === undefined || revision === undefined ? null : lowest(dependencyUp),
  },
  memory: {
    why: 'memory of each container',
    unit: 'bytes',
    labels: ['pod', 'container'],
    source: 'platform',
    promql: (_names, { highest }) => highest(M.cadvisorWorkingSet, 'container!="",container!="POD"'),
  },
  'replicas-desired': {
    why: 'desired replicas of each deployment',
    unit: 'replicas',
    labels: ['deployment'],
    source: 'platform',
    promql: (_names, { highest }) => highest(M.kubeStateReplicasDesired),
  },
  'ingress-rate': {
    why: 'request rate through the ingress controller',
    unit: 'requests/s',
    labels: ['ingress', 'service', 'host'],
    source: 'platform',
    promql: (_names, { rate }) => rate(M.ingressNginxRequests),
  },
} satisfies Record<string, SignalCard>

export type SignalName = keyof typeof SIGNALS

export const SIGNAL_NAMES = Object.keys(SIGNALS) as [SignalName, ...SignalName[]]

export function isSignalName(name: string): name is SignalName {
  return Object.hasOwn(SIGNALS, name)
}

/** Whether a signal has a series for each pod, of which a namespace may have thousands. */
export function isPerPod(name: SignalName): boolean {
  return SIGNALS[name].labels.some(label => label === 'pod')
}

/** A signal's card. */
export function signalCard(name: SignalName): SignalCard {
  return SIGNALS[name]
}

/**
 * The PromQL of a signal for one namespace by one profile's names, with labels as the card calls them; null where the
 * profile has no such metric. Signals of the platform are the same for every profile.
 */
export function signalQuery(
  name: SignalName,
  profile: MetricProfile,
  { namespace, windowSeconds, pods }: { namespace: string; windowSeconds: number; pods?: readonly string[] },
): string | null {
  const { labels, source, promql } = signalCard(name)
  const names = source === 'platform' ? GOALIXA : profile
  const query = promql(names, queryBuilder(labels, names, { namespace, windowSeconds, pods }))
  return query && labels.reduce((text, label) => relabel(text, localName(names, label), label), query)
}

type QueryBuilder = ReturnType<typeof queryBuilder>

/** Expressions grouped by the labels of a signal, over all series of a namespace. */
function queryBuilder(
  labels: readonly Label[],
  names: MetricProfile,
  { namespace, windowSeconds, pods }: { namespace: string; windowSeconds: number; pods?: readonly string[] },
) {
  const grouping = (some: readonly (Label | 'le')[]) => some.map(label => localName(names, label)).join(',')
  // Names of pods have no special characters but the dot.
  const ofPods =
    pods === undefined ? '' : `,pod=~"${pods.map(pod => pod.replaceAll('.', '\\\\.')).join('|')}"`
  const selector = (metric: string, matcher?: string) =>
    `${metric}{${names.namespace}="${namespace}"${ofPods}${matcher === undefined ? '' : `,${matcher}`}}`
  const rateBy = (some: readonly (Label | 'le')[], metric: string, matcher?: string) =>
    `sum by (${grouping(some)}) (rate(${selector(metric, matcher)}[${windowSeconds}s]))`
  const rate = (metric: string, matcher?: string) => rateBy(labels, metric, matcher)
  return {
    rate,
    rateBy,
    mean: (seconds: string) => meanOf(rate(`${seconds}_sum`), rate(`${seconds}_count`)),
    lowest: (metric: string) => `min by (${grouping(labels)}) (${selector(metric)})`,
    highest: (metric: string, matcher?: string) =>
      `max by (${grouping(labels)}) (${selector(metric, matcher)})`,
  }
}

/** What an installation calls a label. */
function localName(names: MetricProfile, label: Label | 'le'): string {
  switch (label) {
    case 'service':
      return names.service
    case 'method':
      return names.method
    case 'revision':
      return names.revision ?? label
    case 'upstream':
      return names.calls?.callee ?? label
    default:
      return label
  }
}

function failed(status: string): string {
  return `${status}=~"5.."`
}
