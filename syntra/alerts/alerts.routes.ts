import type { App } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import { bearerOf } from '../operators/bearer-of.ts'
import { sameSecret } from '../operators/same-secret.ts'
import { alertOf } from './alert.ts'
import { AlertmanagerWebhook, AlertsAccepted } from './alerts.schema.ts'
import type { AlertsService } from './alerts.service.ts'
import { boundBodies } from './bound-bodies.ts'

type Deps = {
  alerts: AlertsService
  webhookToken: string | undefined
  bodyLimit: number
  /** Bytes of all deliveries that are not answered yet. */
  backlogBytes: number
}

/** `POST /v1/alerts`: 202 after the commit. What Alertmanager should try again is 503, because it drops what gets a 4xx. */
export function alertsRoutes(app: App, { alerts, webhookToken, bodyLimit, backlogBytes }: Deps) {
  app.post(
    '/v1/alerts',
    {
      bodyLimit,
      schema: {
        summary: 'Takes the webhook of Alertmanager (version 4); 202 once it is stored.',
        body: AlertmanagerWebhook,
        response: { 202: AlertsAccepted },
      },
      onRequest: [
        async request => checkToken(request.headers.authorization, webhookToken),
        boundBodies(backlogBytes, bodyLimit),
      ],
    },
    async (request, reply) => {
      const { alerts: received, truncatedAlerts } = request.body
      await alerts.accept(received.map(alert => alertOf(alert, truncatedAlerts)))
      return reply.status(202).send({ accepted: received.length })
    },
  )
}

function checkToken(header: string | undefined, expected: string | undefined) {
  if (expected === undefined)
    throw new ExpectedError('unavailable', 'WEBHOOK_NOT_CONFIGURED', 'SYNTRA_WEBHOOK_TOKEN is not set.')
  const token = bearerOf(header)
  if (token === undefined || !sameSecret(token, expected))
    throw new ExpectedError('unauthenticated', 'WRONG_WEBHOOK_TOKEN', 'Send `Authorization: Bearer <token>`.')
}
