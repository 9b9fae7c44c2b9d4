import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { alignSeries, signalOf } from '../snapshot/series/lookup.ts'
import { type Contribution, measureSelfContribution } from './self-contribution.ts'
import type { SignalName } from './signals.ts'

type Series = ReturnType<SnapshotView['series']>[number]

/** The self time that a service added since an onset, in seconds per request: its latency without the time it waited for its calls. */
export function measureSelfTime(
  view: SnapshotView,
  service: string,
  onset: number,
): (Contribution & { evidence: string[] }) | null {
  const mean = signalOf(view, 'latency-mean', { service })
  const rate = signalOf(view, 'request-rate', { service })
  if (mean === null) return null
  if (!view.wasRead(questionId.series('upstream-latency'))) return null
  const measured = view.series('upstream-latency').filter(series => series.labels.service === service)
  const waits = [...measured, ...seriesOfUnmeasuredCallees(view, service, measured, 'latency-mean')]
  const perRequest = waits.map(wait => {
    const calls = signalOf(view, 'upstream-rate', { service, upstream: wait.labels.upstream ?? '' })
    if (calls === null || rate === null) return wait.points
    const callsPerRequest = alignSeries(calls.points, rate.points, (a, b) => (b > 0 ? a / b : 0))
    return alignSeries(wait.points, callsPerRequest, (a, b) => a * b)
  })
  const own = measureSelfContribution(mean.points, perRequest, onset)
  return own === null
    ? null
    : { ...own, evidence: [...new Set([mean.evidence, ...waits.map(wait => wait.evidence)])] }
}

/** The self errors that a service added since an onset, per second: its failed responses without those that its failed calls explain. */
export function measureSelfErrors(
  view: SnapshotView,
  service: string,
  onset: number,
): (Contribution & { evidence: string[] }) | null {
  const ratio = signalOf(view, 'error-ratio', { service })
  const rate = signalOf(view, 'request-rate', { service })
  if (ratio === null || rate === null) return null
  const failed = alignSeries(ratio.points, rate.points, (a, b) => a * b)
  if (!view.wasRead(questionId.series('upstream-error-ratio'))) return null
  const measured = view.series('upstream-error-ratio').filter(series => series.labels.service === service)
  const calls = [...measured, ...seriesOfUnmeasuredCallees(view, service, measured, 'error-ratio')]
  const failedCalls = calls.map(call => {
    const { upstream = '' } = call.labels
    const volume =
      signalOf(view, 'upstream-rate', { service, upstream }) ??
      signalOf(view, 'request-rate', { service: upstream })
    return volume === null ? [] : alignSeries(call.points, volume.points, (a, b) => a * b)
  })
  const own = measureSelfContribution(failed, failedCalls, onset)
  return own === null
    ? null
    : { ...own, evidence: [...new Set([ratio.evidence, ...calls.map(call => call.evidence)])] }
}

/** The series that callees report of themselves, where the service does not measure its calls to them. */
function seriesOfUnmeasuredCallees(
  view: SnapshotView,
  service: string,
  measured: Series[],
  name: SignalName,
): Series[] {
  const known = new Set(measured.map(({ labels }) => labels.upstream))
  const callees = view.callees(service).filter(callee => callee !== service && !known.has(callee))
  return callees.flatMap(upstream => {
    const own = view.series(name).find(series => series.labels.service === upstream)
    return own === undefined ? [] : [{ ...own, labels: { service, upstream } }]
  })
}
