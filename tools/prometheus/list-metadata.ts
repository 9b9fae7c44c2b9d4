import { z } from 'zod'
import { defineTool } from '../tool.ts'

/** The result of `prometheus_list_metadata`: every metric name; type and help are null for recorded ones. */
export const ListedMetadata = z.object({
  metrics: z.array(z.object({ name: z.string(), type: z.string().nullable(), help: z.string().nullable() })),
})
export type ListedMetadata = z.infer<typeof ListedMetadata>

const Names = z.array(z.string())
const Metadata = z.record(z.string(), z.array(z.looseObject({ type: z.string(), help: z.string() })))

export const listMetadata = defineTool({
  name: 'prometheus_list_metadata',
  description: 'Lists the names of all metrics with their type and help text.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { prometheus }, signal): Promise<ListedMetadata> {
    const [names, metadata] = await Promise.all([
      prometheus.read('label/__name__/values', Names, signal),
      prometheus.read('metadata', Metadata, signal, { limit_per_metric: 1 }),
    ])
    return {
      metrics: names.map(name => {
        const known = metadata[name]?.[0] ?? metadata[family(name)]?.[0]
        return { name, type: known?.type ?? null, help: known?.help ?? null }
      }),
    }
  },
})

// Metadata names the family; a histogram's series carry a suffix.
function family(name: string): string {
  return name.replace(/_(bucket|count|sum|total)$/, '')
}
