import { z } from 'zod'

const Labels = z.record(z.string(), z.string())
// A time that PostgreSQL and JavaScript can both represent with a four-digit year, also in UTC.
const time = z.iso
  .datetime({ offset: true, error: 'an RFC 3339 time' })
  .refine(isInYears1To9999, 'a time in the years 1 to 9999, in UTC')

/** One alert of a webhook, the same for Alertmanager and Grafana. Unknown fields are ignored, required ones are checked. */
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

/**
 * A delivery of Alertmanager, of Mimir's, which is the same, or of Grafana, which adds fields to it.
 * Sources: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export const AlertmanagerWebhook = z.looseObject({
  version: z.enum(['4', '1'], '"4", the webhook of Alertmanager, or "1", that of Grafana'),
  /** Each alert is parsed separately (`WebhookAlert`): an invalid one does not affect the others. */
  alerts: z.array(z.unknown().meta(WebhookAlertAsJson)).max(10_000),
  /** How many alerts of the group Alertmanager omitted because of `max_alerts`. */
  truncatedAlerts: z.number().int().min(0).catch(0),
})
export type AlertmanagerWebhook = z.infer<typeof AlertmanagerWebhook>

const Fields = z.array(z.object({ field: z.string(), expected: z.string() }))

export const AlertsAccepted = z.object({
  accepted: z.number().int(),
  /** The rejected alerts of the delivery by index, from 0, and what was expected of them. Sent again, they are rejected again. */
  refused: z.array(z.object({ index: z.number().int(), fields: Fields })),
})

export const RejectedAlerts = z.object({
  refused: z.array(
    z.object({
      /** Only labels whose value is text. */
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
  // A value that is no time at all has been reported already.
  return Number.isNaN(time.getTime()) || /^(?!0000)\d{4}-/.test(time.toISOString())
}
