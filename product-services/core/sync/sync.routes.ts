import type { ServiceApp } from '@goalixa/chassis/build-service'
import { z } from 'zod'
import { userOf } from '../tenancy/require-user.ts'
import { SyncRequest, SyncResponse } from './sync.schema.ts'
import type { SyncService } from './sync.service.ts'

/** `POST /v1/sync` for devices, `GET /v1/head` for caches. */
export function syncRoutes(app: ServiceApp, { sync }: { sync: SyncService }): void {
  app.post(
    '/v1/sync',
    // Room for 500 ops with long notes; every other body is small.
    { bodyLimit: 8_388_608, schema: { body: SyncRequest, response: { 200: SyncResponse } } },
    request => sync.sync(userOf(request), request.body),
  )

  app.get(
    '/v1/head',
    { schema: { response: { 200: z.object({ head: z.number().int() }) } } },
    async request => ({
      head: await sync.head(userOf(request)),
    }),
  )
}
