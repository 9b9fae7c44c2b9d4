import type { ServiceApp } from '@goalixa/chassis/build-service'
import { z } from 'zod'
import { userOf } from '../tenancy/require-user.ts'
import { ArrivingSyncRequest, MAX_SYNC_BODY_BYTES, SyncResponse } from './sync.schema.ts'
import type { SyncService } from './sync.service.ts'

/** `POST /v1/sync` for devices, `GET /v1/head` for caches. */
export function syncRoutes(app: ServiceApp, { sync }: { sync: SyncService }): void {
  app.post(
    '/v1/sync',
    {
      bodyLimit: MAX_SYNC_BODY_BYTES,
      schema: { body: ArrivingSyncRequest, response: { 200: SyncResponse } },
    },
    (request, reply) => sync.sync(userOf(request), request.body, { elapsedMs: reply.elapsedTime }),
  )

  app.get(
    '/v1/head',
    { schema: { response: { 200: z.object({ head: z.number().int() }) } } },
    async request => ({
      head: await sync.head(userOf(request)),
    }),
  )
}
