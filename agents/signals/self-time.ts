import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import { questionId } from '../snapshot/question-id.ts'
import { alignSeries, signalOf } from '../snapshot/series/lookup.ts'
import { type Contribution, selfContribution } from './self-contribution.ts'
import type { SignalName } from './signals.ts'

type Series = ReturnType<SnapshotView['series']>[number]

/** How many seconds of a service's slowness it adds by itself, by what it measured waiting for others. */
export function selfTime(
  view: SnapshotView,
  service: string,
  onset: number,
): (Contribution & { evidence: string[] }) | null {
  const mean = signalOf(view, 'latency-mean', { service })
  const rate = signalOf(view, 'request-rate', { service })
  if (mean === null) return null
  if (!view.wasRead(questionId.series('upstream-latency'))) return null
  const measured = view.series('upstream-latency').filter(series => series.labels.service === service)
  const waits = [...measured, ...unmeasured(view, service, measured, 'latency-mean')]
  const perRequest = waits.map(wait => {
    const calls = signalOf(view, 'upstream-rate', { service, upstream: wait.labels.upstream ?? '' })
    if (calls === null || rate === null) return wait.points
    const callsPerRequest = alignSeries(calls.points, rate.points, (a, b) => (b > 0 ? a / b : 0))
    return alignSeries(wait.points, callsPerRequest, (a, b) => a * b)
  })
  const own = selfContribution(mean.points, perRequest, onset)
  return own === null
    ? null
    : { ...own, evidence: [...new Set([mean.evidence, ...waits.map(wait => wait.evidence)])] }
}

/** How many of a service's failed answers are its own, by the failed calls that it measured. */
export function selfErrors(
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
  const calls = [...measured, ...unmeasured(view, service, measured, 'error-ratio')]
  const failedCalls = calls.map(call => {
    const { upstream = '' } = call.labels
    const volume =
      signalOf(view, 'upstream-rate', { service, upstream }) ??
      signalOf(view, 'request-rate', { service: upstream })
    return volume === null ? [] : alignSeries(call.points, volume.points, (a, b) => a * b)
  })
  const own = selfContribution(failed, failedCalls, onset)
  return own === null
    ? null
    : { ...own, evidence: [...new Set([ratio.evidence, ...calls.map(call => call.evidence)])] }
}

/** What callees that a service is known to call, but whose calls nobody measures, say of themselves. */
function unmeasured(view: SnapshotView, service: string, measured: Series[], name: SignalName): Series[] {
  const known = new Set(measured.map(one => one.labels.upstream))
  const callees = view.callees(service).filter(callee => callee !== service && !known.has(callee))
  return callees.flatMap(upstream => {
    const own = view.series(name).find(series => series.labels.service === upstream)
    return own === undefined ? [] : [{ ...own, labels: { service, upstream } }]
  })
}
