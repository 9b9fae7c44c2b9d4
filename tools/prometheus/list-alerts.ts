import { z } from 'zod'
import { tolerantArray } from '../http/tolerant-array.ts'
import { defineTool } from '../tool.ts'
import { sampleValue } from './sample-value.ts'

const Labels = z.record(z.string(), z.string())

/** The result of `prometheus_list_alerts`: alerts that are pending or firing. */
export const ListedRuleAlerts = z.object({
  alerts: z.array(
    z.object({
      labels: Labels,
      annotations: Labels,
      state: z.string(),
      activeAt: z.string().nullable(),
      value: z.number().nullable(),
    }),
  ),
})
export type ListedRuleAlerts = z.infer<typeof ListedRuleAlerts>

const Alert = z.looseObject({
  labels: Labels,
  annotations: Labels.default({}),
  state: z.string(),
  activeAt: z.string().nullish(),
  value: z.string().default(''),
})
const Answer = z.looseObject({ alerts: tolerantArray(Alert) })

export const listRuleAlerts = defineTool({
  name: 'prometheus_list_alerts',
  description: 'Lists pending and firing alerts as Prometheus evaluates them.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { prometheus }, signal): Promise<ListedRuleAlerts> {
    const { alerts } = await prometheus.read('alerts', Answer, signal)
    return {
      alerts: alerts.map(({ labels, annotations, state, activeAt, value }) => ({
        labels,
        annotations,
        state,
        activeAt: activeAt ?? null,
        value: sampleValue(value),
      })),
    }
  },
})
