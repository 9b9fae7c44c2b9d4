import { z } from 'zod'

const Labels = z.record(z.string(), z.string())
// What PostgreSQL and JavaScript both can hold and write with four digits, also after its offset is taken off.
const time = z.iso
  .datetime({ offset: true, error: 'an RFC 3339 time' })
  .refine(isInYears1To9999, 'a time in the years 1 to 9999, in UTC')

/** One alert of Alertmanager's webhook, version 4. Foreign data: unknown fields are let be, needed ones are checked. */
export const WebhookAlert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: Labels.refine(labels => Boolean(labels.alertname), 'a label `alertname`'),
  annotations: Labels.nullish(),
  startsAt: time,
  endsAt: time.nullish(),
  fingerprint: z.string().nullish(),
})
export type WebhookAlert = z.infer<typeof WebhookAlert>

// `$schema` belongs at the top of a document only.
const { $schema: _, ...WebhookAlertAsJson } = z.toJSONSchema(WebhookAlert, { io: 'input' })

/** Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const AlertmanagerWebhook = z.looseObject({
  version: z.literal('4', '"4", the version of the webhook this understands'),
  /** Each is understood by itself (`WebhookAlert`): one that is not does not take the others with it. */
  alerts: z.array(z.unknown().meta(WebhookAlertAsJson)).max(10_000),
  /** How many alerts of the group were left out, because of `max_alerts`. */
  truncatedAlerts: z.number().int().min(0).catch(0),
})
export type AlertmanagerWebhook = z.infer<typeof AlertmanagerWebhook>

const Fields = z.array(z.object({ field: z.string(), expected: z.string() }))

export const AlertsAccepted = z.object({
  accepted: z.number().int(),
  /** Which of the delivery were not, counted from 0, and what was expected of them. Sent again, they are refused again. */
  refused: z.array(z.object({ index: z.number().int(), fields: Fields })),
})

export const RejectedAlerts = z.object({
  refused: z.array(
    z.object({
      /** As far as they were text. */
      labels: z.record(z.string(), z.string()),
      fields: Fields,
      deliveries: z.number().int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    }),
  ),
})
export type RejectedAlerts = z.infer<typeof RejectedAlerts>

function isInYears1To9999(text: string): boolean {
  const time = new Date(text)
  // What is no time at all was told already.
  return Number.isNaN(time.getTime()) || /^(?!0000)\d{4}-/.test(time.toISOString())
}
