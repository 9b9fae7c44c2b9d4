import type { Question } from '@goalixa/tools/evidence'
import { baselineSeconds, isoOf, rateWindowSeconds, secondsOf } from '../snapshot/clock.ts'
import { questionId } from '../snapshot/question-id.ts'
import type { Scope } from '../snapshot/snapshot.ts'
import { GOALIXA, type MetricProfile } from './metric-profiles.ts'
import { SIGNAL_NAMES, type SignalName, signalCard, signalQuery } from './signals.ts'

/** Points of one series: enough for a change point, and few enough for a small answer. */
const POINTS = 150

/** The range queries of round one: every signal over the whole namespace, from well before the alert until `until`. */
export function seriesQuestions(scope: Scope, namespace: string, until: string): Question[] {
  return rangeQuestions(SIGNAL_NAMES, GOALIXA, { scope, namespace, until })
}

/** The signals that services measure themselves once more, by the names that were found instead. */
export function profileSeriesQuestions(
  scope: Scope,
  namespace: string,
  until: string,
  profile: MetricProfile,
): Question[] {
  const measuredByServices = SIGNAL_NAMES.filter(name => signalCard(name).source === 'service')
  return rangeQuestions(measuredByServices, profile, { scope, namespace, until })
}

function rangeQuestions(
  signals: readonly SignalName[],
  profile: MetricProfile,
  { scope, namespace, until }: { scope: Scope; namespace: string; until: string },
): Question[] {
  const since = secondsOf(scope.since) ?? secondsOf(until) ?? 0
  const start = since - baselineSeconds(scope)
  const end = Math.max(secondsOf(until) ?? since, since + 1)
  const stepSeconds = Math.max(Math.ceil((end - start) / POINTS), Math.ceil(15 / scope.timeScale), 1)
  const range = { start: isoOf(start), end: isoOf(end), stepSeconds }
  const place = { namespace, windowSeconds: rateWindowSeconds(scope) }
  return signals.flatMap(signal => {
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
