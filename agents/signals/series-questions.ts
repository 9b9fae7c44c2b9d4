import type { Question } from '@goalixa/tools/evidence'
import { baselineSeconds, isoOf, rateWindowSeconds, secondsOf } from '../snapshot/clock.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { GOALIXA, type MetricProfile } from './metric-profiles.ts'
import { SIGNAL_NAMES, type SignalName, signalCard, signalQuery } from './signals.ts'

/** Points of one series: enough for a change point, and few enough for a small answer. */
const POINTS = 150

type Range = {
  namespace: string
  until: string
  signals: readonly SignalName[]
  /** Only of these pods; by default of all. */
  pods?: readonly string[]
}

/** Range queries over a whole namespace, from well before the alert until `until`, by Goalixa's metric names. */
export function seriesQuestions(scope: Scope, range: Range): Question[] {
  return rangeQuestions(scope, range, GOALIXA)
}

/** Those that services measure themselves once more, by the metric names that were found instead. */
export function profileSeriesQuestions(scope: Scope, range: Range, profile: MetricProfile): Question[] {
  const signals = range.signals.filter(name => signalCard(name).source === 'service')
  return rangeQuestions(scope, { ...range, signals }, profile)
}

function rangeQuestions(
  scope: Scope,
  { namespace, until, signals, pods }: Range,
  profile: MetricProfile,
): Question[] {
  const since = secondsOf(scope.since) ?? secondsOf(until) ?? 0
  const start = since - baselineSeconds(scope)
  const end = Math.max(secondsOf(until) ?? since, since + 1)
  const stepSeconds = Math.max(Math.ceil((end - start) / POINTS), Math.ceil(15 / scope.timeScale), 1)
  const range = { start: isoOf(start), end: isoOf(end), stepSeconds }
  const place = { namespace, windowSeconds: rateWindowSeconds(scope), pods }
  return SIGNAL_NAMES.filter(name => signals.includes(name)).flatMap(signal => {
    const query = signalQuery(signal, profile, place)
    if (query === null) return []
    return [
      {
        id: questionId.series(signal, profile === GOALIXA ? null : profile.name),
        tool: 'prometheus_query_range',
        args: { query, ...range },
        why: signalCard(signal).why,
      },
    ]
  })
}
