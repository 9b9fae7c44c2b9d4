import { extraOf } from '@goalixa/tools/connections/connection-settings'
import { proxiesOf } from '@goalixa/tools/connections/proxy-settings'
import type { SyntraConfig } from '../config.ts'
import type { NotificationSink } from './notification-sink.ts'
import { createWebhookSink } from './webhook.sink.ts'

/** The sinks that the settings name; none is a valid answer. */
export function createSinks(config: SyntraConfig): NotificationSink[] {
  const { SYNTRA_NOTIFY_WEBHOOK_URL: url, SYNTRA_NOTIFY_WEBHOOK_SECRET: secret } = config
  if (url === undefined) return []
  const connection = { url, ...extraOf('SYNTRA_NOTIFY_WEBHOOK', config), proxies: proxiesOf(config) }
  return [createWebhookSink({ connection, secret })]
}
