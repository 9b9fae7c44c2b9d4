import { z } from 'zod'
import { tolerantArray } from '../http/tolerant-array.ts'
import { defineTool } from '../tool.ts'

const Labels = z.record(z.string(), z.string())

/** The result of `alertmanager_list_alerts`; `state` is active, suppressed or unprocessed. */
export const ListedNotifiedAlerts = z.object({
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      labels: Labels,
      annotations: Labels,
      state: z.string(),
      startsAt: z.string(),
      endsAt: z.string().nullable(),
    }),
  ),
})
export type ListedNotifiedAlerts = z.infer<typeof ListedNotifiedAlerts>

const Alert = z.looseObject({
  fingerprint: z.string(),
  labels: Labels,
  annotations: Labels.default({}),
  status: z.looseObject({ state: z.string() }),
  startsAt: z.string(),
  endsAt: z.string().nullish(),
})

export const listNotifiedAlerts = defineTool({
  name: 'alertmanager_list_alerts',
  description: 'Lists the alerts in Alertmanager, silenced and inhibited ones included.',
  effect: 'read',
  input: z.strictObject({}),
  async run(_input, { alertmanager }, signal): Promise<ListedNotifiedAlerts> {
    const alerts = await alertmanager.get('api/v2/alerts', tolerantArray(Alert), signal)
    return {
      alerts: alerts.map(({ fingerprint, labels, annotations, status, startsAt, endsAt }) => ({
        fingerprint,
        labels,
        annotations,
        state: status.state,
        startsAt,
        endsAt: endsAt ?? null,
      })),
    }
  },
})
