import { describeIssue } from '@goalixa/chassis/describe-issue'
import type { FieldFault } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import { type Alert, alertOf } from './alert.ts'
import { type AlertmanagerWebhook, WebhookAlert } from './alerts.schema.ts'
import { type RejectedAlert, rejectedAlertOf } from './rejected-alert.ts'

type Sorted = { taken: Alert[]; refused: { index: number; fields: FieldFault[]; kept: RejectedAlert }[] }

/** Separates the valid alerts of one delivery from the invalid ones, with what is wrong with these. */
export function parseWebhook(
  { alerts, truncatedAlerts }: AlertmanagerWebhook,
  clusterLabels: readonly string[],
): Sorted {
  const understood: WebhookAlert[] = []
  const refused: Sorted['refused'] = []
  for (const [index, sent] of alerts.entries()) {
    const parsed = WebhookAlert.safeParse(sent, { error: describeIssue })
    if (parsed.success) understood.push(parsed.data)
    else {
      const kept = rejectedAlertOf(sent, fieldsOf(parsed.error))
      refused.push({ index, fields: kept.fields, kept })
    }
  }
  const leftOut = { truncated: truncatedAlerts, refused: refused.length }
  return { taken: understood.map(alert => alertOf(alert, leftOut, clusterLabels)), refused }
}
