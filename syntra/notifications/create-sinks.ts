import type { SyntraConfig } from '../config.ts'
import type { NotificationSink } from './notification-sink.ts'
import { createWebhookSink } from './webhook.sink.ts'

/** The sinks that the settings name; none is a valid answer. */
export function createSinks(config: SyntraConfig): NotificationSink[] {
  const { SYNTRA_NOTIFY_WEBHOOK_URL: url, SYNTRA_NOTIFY_WEBHOOK_SECRET: secret } = config
  return url === undefined ? [] : [createWebhookSink({ url, secret })]
}
