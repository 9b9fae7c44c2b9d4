import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { limitBodies } from '@goalixa/chassis/limit-bodies'
import { toProblem } from '@goalixa/chassis/problem'
import { constantTimeEqual } from '../operators/constant-time-equal.ts'
import { parseBearerToken } from '../operators/parse-bearer-token.ts'
import type { RequireRole } from '../operators/require-role.ts'
import { AlertmanagerWebhook, AlertsAccepted, RejectedAlerts } from './alerts.schema.ts'
import type { AlertsService } from './alerts.service.ts'
import { parseWebhook } from './parse-webhook.ts'
import { rejectedDeliveryOf } from './rejected-alert.ts'
import type { RejectedAlertsRepository } from './rejected-alerts.repository.ts'

export type AlertsRoutesDeps = {
  alerts: AlertsService
  rejectedAlerts: Pick<RejectedAlertsRepository, 'list'>
  signIn: RequireRole
  webhookToken: string | undefined
  /** The labels that may name the cluster of an alert, in order. */
  clusterLabels: readonly string[]
  bodyLimit: number
  /** Total bytes of the deliveries that are not answered yet. */
  backlogBytes: number
}

const PATH = '/v1/alerts'

/** `POST /v1/alerts`: 202 after the commit. Whatever Alertmanager should retry is answered 503, because it drops a delivery that gets a 4xx. */
export function alertsRoutes(app: ServiceApp, deps: AlertsRoutesDeps) {
  const { alerts, rejectedAlerts, signIn, webhookToken, clusterLabels, bodyLimit, backlogBytes } = deps
  limitBodies(app, {
    maxBytes: backlogBytes,
    termsOf: ({ routeOptions }) => (routeOptions.url === PATH ? {} : undefined),
    refuse: backlogFull,
    tooSlow: deliveryTooSlow,
  })
  app.post(
    PATH,
    {
      bodyLimit,
      // One odd alert, or a storm of good ones, must not cost the delivery: Alertmanager drops what is answered 4xx.
      config: { acceptsAnyJson: true },
      schema: {
        summary:
          'Takes the webhook of Alertmanager (version 4) or Grafana (version 1), which sends `SYNTRA_WEBHOOK_TOKEN` as its bearer token; 202 once it is stored, also beside alerts that are rejected.',
        body: AlertmanagerWebhook,
        response: { 202: AlertsAccepted },
        errors: {
          401: ['WRONG_WEBHOOK_TOKEN'],
          503: ['WEBHOOK_NOT_CONFIGURED', 'ALERT_BACKLOG_FULL', 'DELIVERY_TOO_SLOW'],
        },
      },
      onRequest: async request => checkToken(request.headers.authorization, webhookToken),
      // Its sender drops a delivery that is answered 4xx, and tells nobody here.
      onError: async (request, _reply, error) => {
        // Cut off in the middle: its sender repeats it.
        if (request.raw.destroyed && !request.raw.complete) return
        const problem = toProblem(error, { maxBytes: bodyLimit })
        if (!REJECTED_AS_A_WHOLE.includes(problem.status)) return
        await alerts
          .refuse([rejectedDeliveryOf(request.body, problem)])
          .catch((err: unknown) => request.log.warn({ err }, 'a rejected delivery could not be stored'))
      },
    },
    async (request, reply) => {
      const { taken, refused } = parseWebhook(request.body, clusterLabels)
      await alerts.accept(taken)
      await alerts.refuse(refused.map(({ kept }) => kept))
      return reply
        .status(202)
        .send({ accepted: taken.length, refused: refused.map(({ index, fields }) => ({ index, fields })) })
    },
  )
  app.get(
    '/v1/alerts/refused',
    {
      onRequest: signIn.needs('viewer'),
      schema: {
        summary: 'Lists alerts that were sent and could not be understood, the newest first.',
        response: { 200: RejectedAlerts },
      },
    },
    () => rejectedAlerts.list(),
  )
}

// Not the right content, size or type. A wrong token is not stored: anybody may send one.
const REJECTED_AS_A_WHOLE = [400, 413, 415]

// 503, so that Alertmanager retries.
function backlogFull() {
  return new ExpectedError('unavailable', 'ALERT_BACKLOG_FULL', 'Too many deliveries wait to be written.', {
    retryAfterSeconds: 5,
  })
}

function deliveryTooSlow() {
  return new ExpectedError(
    'unavailable',
    'DELIVERY_TOO_SLOW',
    'The delivery arrives too slowly; expected at least 1 KiB per second. Send it again.',
  )
}

function checkToken(header: string | undefined, expected: string | undefined) {
  if (expected === undefined)
    throw new ExpectedError('unavailable', 'WEBHOOK_NOT_CONFIGURED', 'SYNTRA_WEBHOOK_TOKEN is not set.')
  const token = parseBearerToken(header)
  if (token === undefined || !constantTimeEqual(token, expected))
    throw new ExpectedError('unauthenticated', 'WRONG_WEBHOOK_TOKEN', 'Send `Authorization: Bearer <token>`.')
}
