import { ExpectedError } from '@goalixa/chassis/errors'
import { createHttpClient } from '@goalixa/chassis/http-client'
import { type Connection, settingNames } from '@goalixa/tools/connections/connection'
import { createEndpoint } from '@goalixa/tools/connections/create-endpoint'
import { failureOfStatus } from '@goalixa/tools/http/failure-of-status'
import { Webhook } from 'standardwebhooks'
import type { Notification } from './notification.ts'
import type { NotificationSink } from './notification-sink.ts'

type Options = { connection: Connection; secret?: string }

// Only the status of a response matters.
const MAX_ANSWER_BYTES = 65_536

/**
 * Posts each notification to one address as a CloudEvent 1.0 (structured JSON), signed as Standard Webhooks 1.0 says
 * where there is a secret (`whsec_…`). Any answer below 300 accepts it; redirects are not followed.
 */
export function createWebhookSink({ connection, secret }: Options): NotificationSink {
  const system = 'The notification webhook'
  const endpoint = createEndpoint(system, connection, {
    ...settingNames('SYNTRA_NOTIFY_WEBHOOK'),
    credentials: 'SYNTRA_NOTIFY_WEBHOOK_HEADERS',
  })
  const call = createHttpClient({
    upstream: system,
    baseUrl: endpoint.baseUrl,
    timeoutMs: 10_000,
    maxBytes: MAX_ANSWER_BYTES,
    connections: endpoint.connections,
  })
  const webhook = secret === undefined ? undefined : new Webhook(secret)

  return {
    name: 'webhook',
    async send(notification, signal) {
      const event = toCloudEvent(notification)
      const now = new Date()
      const headers = {
        ...endpoint.headers(),
        'content-type': 'application/cloudevents+json',
        'webhook-id': event.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        ...(webhook && { 'webhook-signature': webhook.sign(event.id, now, JSON.stringify(event)) }),
      }
      const answer = await call(endpoint.baseUrl, { method: 'POST', body: event, headers, signal }).catch(
        error => acceptLongAnswer(endpoint.explain(error)),
      )
      if (answer.status >= 300)
        throw failureOfStatus(system, answer.status, '', answer.headers['retry-after'])
    },
  }
}

// Only a successful response can be too large, because only the start of an error is read; so the notification was accepted.
function acceptLongAnswer(error: unknown): { status: number; headers: Record<string, string> } {
  if (error instanceof ExpectedError && error.code === 'RESPONSE_TOO_LARGE')
    return { status: 200, headers: {} }
  throw error
}

/**
 * CloudEvents 1.0: `subject` is the incident, `type` ends in the kind of the timeline entry. `id` contains the incident's id,
 * because entries are numbered in each database, and several Syntras may post to one receiver.
 */
function toCloudEvent({ id, at, ...data }: Notification) {
  return {
    specversion: '1.0',
    id: `${data.incident.id}-${id}`,
    source: '/syntra',
    type: `com.goalixa.syntra.${data.kind}`,
    subject: `incidents/${data.incident.id}`,
    time: at,
    datacontenttype: 'application/json',
    data,
  }
}
