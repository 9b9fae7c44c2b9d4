import type { ServiceApp } from '@goalixa/chassis/build-service'
import { z } from 'zod'
import type { KeysService } from './keys.service.ts'

/** `GET /.well-known/jwks.json`: the public keys that verify access tokens. */
export function keysRoutes(app: ServiceApp, { keys }: { keys: KeysService }): void {
  app.get(
    '/.well-known/jwks.json',
    { schema: { response: { 200: z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }) } } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return { keys: (await keys.jwks()).keys.map(key => ({ ...key, kid: key.kid ?? '' })) }
    },
  )
}
