import { z } from 'zod'
import { tolerantArray } from '../http/tolerant-array.ts'
import { defineTool } from '../tool.ts'

const Labels = z.record(z.string(), z.string())

/** The result of `prometheus_list_targets`. */
export const ListedTargets = z.object({
  targets: z.array(z.object({ labels: Labels, health: z.string(), lastError: z.string(), url: z.string() })),
})
export type ListedTargets = z.infer<typeof ListedTargets>

const Target = z.looseObject({
  labels: Labels,
  health: z.string(),
  lastError: z.string().default(''),
  scrapeUrl: z.string(),
})
const Answer = z.looseObject({ activeTargets: tolerantArray(Target) })

export const listTargets = defineTool({
  name: 'prometheus_list_targets',
  description: 'Lists scrape targets with their health and last error.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { prometheus }, signal): Promise<ListedTargets> {
    const { activeTargets } = await prometheus.read('targets', Answer, signal, { state: 'active' })
    return {
      targets: activeTargets.map(({ labels, health, lastError, scrapeUrl }) => ({
        labels,
        health,
        lastError,
        url: scrapeUrl,
      })),
    }
  },
})
