import type { Notification } from './notification.ts'

/** Where notifications go. `send` rejects with a retryable failure to be called again later, with any other to give this one up. */
export type NotificationSink = {
  /** Stable: it is stored with what was delivered. */
  name: string
  send(notification: Notification, signal: AbortSignal): Promise<void>
}
