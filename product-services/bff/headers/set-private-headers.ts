import type { ServiceApp } from '@goalixa/chassis/build-service'

/**
 * Forbids caching and content sniffing of every response, errors included, because each one belongs to one person. A
 * cached response would outlive the sign-out and be readable by the next person on the device.
 */
export function setPrivateHeaders(app: ServiceApp): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'private, no-store')
    reply.header('x-content-type-options', 'nosniff')
  })
}
