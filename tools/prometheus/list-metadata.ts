import { z } from 'zod'
import { limitItems } from '../http/limit-items.ts'
import { tolerantArray } from '../http/tolerant-array.ts'
import { reportUnreadable } from '../read-scope.ts'
import { mapInSlices } from '../slices/run-in-slices.ts'
import { defineTool } from '../tool.ts'

/** The result of `prometheus_list_metadata`: every metric name; type and help are null for recorded ones. */
export const ListedMetadata = z.object({
  metrics: z.array(z.object({ name: z.string(), type: z.string().nullable(), help: z.string().nullable() })),
})
export type ListedMetadata = z.infer<typeof ListedMetadata>

const Names = tolerantArray(z.string())
const Metadata = z.record(z.string(), z.unknown())
const Entries = z.array(z.looseObject({ type: z.string(), help: z.string() }))

// Prometheus truncates a longer list; Syntra does it for a Prometheus that ignores the limit.
const MAX_METRICS = 10_000

export const listMetadata = defineTool({
  name: 'prometheus_list_metadata',
  description: 'Lists the names of all metrics with their type and help text.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { prometheus }, signal): Promise<ListedMetadata> {
    const [names, metadata] = await Promise.all([
      prometheus.read('label/__name__/values', Names, signal, { limit: MAX_METRICS + 1 }),
      prometheus.read('metadata', Metadata, signal, { limit_per_metric: 1, limit: MAX_METRICS }),
    ])
    const kept = limitItems('Prometheus', 'metrics', names, MAX_METRICS)
    const metrics = await mapInSlices(
      kept,
      name => {
        const known = entryOf(fieldOf(metadata, name)) ?? entryOf(fieldOf(metadata, family(name)))
        return { name, type: known?.type ?? null, help: known?.help ?? null }
      },
      signal,
    )
    const unreadable = metrics.filter(({ name }) =>
      [name, family(name)].some(key => isUnreadable(metadata, key)),
    )
    if (unreadable.length > 0)
      reportUnreadable('Prometheus', [
        {
          path: 'metrics',
          unit: 'items',
          kept: metrics.length - unreadable.length,
          total: metrics.length,
          note: `unreadable: metadata of ${unreadable[0]?.name.slice(0, 200)}`,
        },
      ])
    return { metrics }
  },
})

function entryOf(entries: unknown) {
  return Entries.safeParse(entries).data?.[0]
}

// A metric may be called `constructor`.
function fieldOf(metadata: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(metadata, name) ? metadata[name] : undefined
}

function isUnreadable(metadata: Record<string, unknown>, name: string): boolean {
  return Object.hasOwn(metadata, name) && entryOf(metadata[name]) === undefined
}

// Metadata names the family; a histogram's series carry a suffix.
function family(name: string): string {
  return name.replace(/_(bucket|count|sum|total)$/, '')
}
