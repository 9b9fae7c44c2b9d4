import { z } from 'zod'
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

const Answer = z.looseObject({
  resultType: z.literal('matrix'),
  result: z.array(z.looseObject({ metric: Labels, values: z.array(z.tuple([z.number(), z.string()])) })),
})

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
    const answer = await prometheus.read('query_range', Answer, signal, {
      query,
      start,
      end,
      step: stepSeconds,
    })
    return {
      series: answer.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.flatMap(pointOf),
      })),
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
