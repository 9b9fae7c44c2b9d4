import type { App } from '@goalixa/chassis/build-service'

/**
 * Says with every answer, errors too, that nobody may keep it and that it is nothing but what it says it is: what goes
 * through here belongs to one person (defect 11 of the first edition).
 */
export function guardAnswers(app: App): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'private, no-store')
    reply.header('x-content-type-options', 'nosniff')
  })
}
