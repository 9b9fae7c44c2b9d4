import { z } from 'zod'
import { limitItems } from '../http/limit-items.ts'
import { parseInSlices } from '../http/parse-in-slices.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { Instant } from '../names.ts'
import { defineTool } from '../tool.ts'
import { sampleValue } from './sample-value.ts'

const Labels = z.record(z.string(), z.string())

/**
 * The result of `prometheus_query`: one sample per series. A NaN or infinite sample has no `value`: null would be mistaken for
 * zero too easily.
 */
export const Queried = z.object({
  samples: z.array(z.object({ labels: Labels, at: z.string(), value: z.number().optional() })),
})
export type Queried = z.infer<typeof Queried>

// The seconds that a Date can hold.
const Sample = z.tuple([z.number().min(-8.64e12).max(8.64e12), z.string()])
const Series = z.looseObject({ metric: Labels, value: Sample })
const Answer = z.union([
  z.looseObject({
    resultType: z.literal('vector'),
    result: z.array(z.unknown()),
  }),
  z.looseObject({ resultType: z.enum(['scalar', 'string']), result: Sample }),
])

// Prometheus truncates a longer result since 3.0; for an older one Syntra does.
const MAX_SERIES = 5_000

export const query = defineTool({
  name: 'prometheus_query',
  description: 'Evaluates a PromQL expression at one instant, by default now.',
  effect: 'read',
  input: z.strictObject({
    query: z.string().min(1, 'expected a PromQL expression').max(8_000),
    time: Instant.optional(),
  }),
  async run({ query, time }, { prometheus }, signal): Promise<Queried> {
    const answer = await prometheus.read('query', Answer, signal, { query, time, limit: MAX_SERIES + 1 })
    if (answer.resultType !== 'vector') return { samples: [sampleOf({}, answer.result)] }
    const kept = limitItems('Prometheus', 'samples', answer.result, MAX_SERIES)
    const series = await parseInSlices('Prometheus', tolerantArray(Series), kept, signal, { path: 'samples' })
    return { samples: series.map(({ metric, value }) => sampleOf(metric, value)) }
  },
})

function sampleOf(labels: Record<string, string>, [seconds, value]: [number, string]) {
  const number = sampleValue(value)
  return { labels, at: new Date(seconds * 1000).toISOString(), ...(number === null ? {} : { value: number }) }
}
