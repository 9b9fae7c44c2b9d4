import { z } from 'zod'
import { limitItems } from '../http/limit-items.ts'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { Instant } from '../names.ts'
import { defineTool } from '../tool.ts'
import { sampleValue } from './sample-value.ts'

const MAX_POINTS = 2_000
const Labels = z.record(z.string(), z.string())

/** The result of `prometheus_query_range`: points are [unix seconds, value]; one that is not a finite number is left out. */
export const QueriedRange = z.object({
  series: z.array(z.object({ labels: Labels, points: z.array(z.tuple([z.number(), z.number()])) })),
})
export type QueriedRange = z.infer<typeof QueriedRange>

const Answer = z.looseObject({ resultType: z.literal('matrix'), result: z.array(z.unknown()) })
const Series = z.looseObject({ metric: Labels, values: z.array(z.tuple([z.number(), z.string()])) })

// Twice as many as evidence has room for. Prometheus truncates a longer result since 3.0; for an older one Syntra does.
const MAX_TOTAL_POINTS = 100_000

export const queryRange = defineTool({
  name: 'prometheus_query_range',
  description: 'Evaluates a PromQL expression over a time range, one point per step.',
  effect: 'read',
  input: z
    .strictObject({
      query: z.string().min(1, 'expected a PromQL expression').max(8_000),
      start: Instant,
      end: Instant,
      stepSeconds: z.number().positive(),
    })
    .refine(({ start, end }) => Date.parse(start) < Date.parse(end), {
      path: ['end'],
      error: 'expected a time after start',
    })
    .refine(({ start, end, stepSeconds }) => secondsBetween(start, end) / stepSeconds <= MAX_POINTS, {
      path: ['stepSeconds'],
      error: `expected a step that gives at most ${MAX_POINTS} points`,
    }),
  async run({ query, start, end, stepSeconds }, { prometheus }, signal): Promise<QueriedRange> {
    const points = Math.ceil(secondsBetween(start, end) / stepSeconds) + 1
    const maxSeries = Math.ceil(MAX_TOTAL_POINTS / points)
    const answer = await prometheus.read('query_range', Answer, signal, {
      query,
      start,
      end,
      step: stepSeconds,
      limit: maxSeries + 1,
    })
    const kept = limitItems('Prometheus', 'series', answer.result, maxSeries)
    const series = await parseInSlices('Prometheus', tolerantArray(Series), kept, signal, { path: 'series' })
    return {
      series: series.map(({ metric, values }) => ({ labels: metric, points: values.flatMap(pointOf) })),
    }
  },
})

function pointOf([seconds, text]: [number, string]): [number, number][] {
  const value = sampleValue(text)
  return value === null ? [] : [[seconds, value]]
}

function secondsBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 1000
}
