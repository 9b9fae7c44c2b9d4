import { z } from 'zod'
import { LabelName } from '../names.ts'
import { defineTool } from '../tool.ts'
import { parseQuantity } from './parse-quantity.ts'

/** The result of `kubernetes_list_pod_metrics`: usage now, null where it was not measured. */
export const ListedPodMetrics = z.object({
  pods: z.array(
    z.object({
      name: z.string(),
      containers: z.array(
        z.object({ name: z.string(), cpuCores: z.number().nullable(), memoryBytes: z.number().nullable() }),
      ),
    }),
  ),
})
export type ListedPodMetrics = z.infer<typeof ListedPodMetrics>

export const listPodMetrics = defineTool({
  name: 'kubernetes_list_pod_metrics',
  description: 'Lists the current usage of each container of one namespace, in cores and bytes.',
  effect: 'read',
  input: z.strictObject({ namespace: LabelName }),
  async run({ namespace }, { kubernetes }, signal): Promise<ListedPodMetrics> {
    const { items } = await kubernetes.listPodMetrics(namespace, signal)
    return {
      pods: items.map(({ metadata, containers }) => ({
        name: metadata.name,
        containers: containers.map(({ name, usage }) => ({
          name,
          cpuCores: numberOf(usage.cpu),
          memoryBytes: numberOf(usage.memory),
        })),
      })),
    }
  },
})

function numberOf(quantity: string | number | undefined): number | null {
  const number = quantity === undefined ? Number.NaN : parseQuantity(quantity)
  return Number.isNaN(number) ? null : number
}
