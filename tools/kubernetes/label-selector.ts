import { z } from 'zod'

const Selector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
    .optional(),
})

/** The selector of a workload as the API takes it in a query, for example `app=core,tier in (a,b)`; null if it selects nothing. */
export function formatLabelSelector(selector: unknown): string | null {
  const parsed = Selector.safeParse(selector)
  if (!parsed.success) return null
  const labels = Object.entries(parsed.data.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const expressions = (parsed.data.matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = (values ?? []).join(',')
    if (operator === 'In') return `${key} in (${list})`
    if (operator === 'NotIn') return `${key} notin (${list})`
    return operator === 'DoesNotExist' ? `!${key}` : key
  })
  const parts = [...labels, ...expressions]
  return parts.length === 0 ? null : parts.join(',')
}
