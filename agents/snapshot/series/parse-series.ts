import type { Evidence } from '@goalixa/tools/evidence'
import { listAt, stringMapAt } from '../objects/json-path.ts'
import { parseQuestionId } from '../question-id.ts'
import type { Snapshot } from '../snapshot.ts'

/** The series in one answer, by the signal that was asked for, whatever its metric names. Points that are not numbers (NaN, infinities) are gaps. */
export function seriesOf({ id, question, result }: Evidence): Snapshot['series'] {
  if (question.tool !== 'prometheus_query_range') return []
  const parsed = parseQuestionId(question.id)
  return listAt(result, 'series').map(series => ({
    evidence: id,
    name: parsed?.kind === 'series' ? parsed.signal : 'other',
    labels: stringMapAt(series, 'labels'),
    points: listAt(series, 'points').flatMap(pointOf),
  }))
}

function pointOf(point: unknown): [number, number][] {
  if (!Array.isArray(point) || point[0] === null || point[1] === null) return []
  const [time, value] = [Number(point[0]), Number(point[1])]
  return Number.isFinite(time) && Number.isFinite(value) ? [[time, value]] : []
}
