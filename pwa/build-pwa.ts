import { relative } from 'node:path'
import fastifyStatic from '@fastify/static'
import { buildService } from '@goalixa/chassis/build-service'
import type { ServiceConfig } from '@goalixa/chassis/config'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Log } from '@goalixa/chassis/log'
import type { Metrics } from '@goalixa/chassis/metrics'
import { SECURITY_HEADERS } from './server/security-headers.ts'

type Options = { config: ServiceConfig; log: Log; metrics: Metrics; folder: string }

/** Builds the service that serves the app: hashed files as immutable, other files revalidated, any other path as the shell. */
export async function buildPwa({ config, log, metrics, folder }: Options) {
  return buildService({
    name: 'pwa',
    config,
    log,
    metrics,
    async routes(app) {
      app.addHook('onSend', async (_request, reply) => void reply.headers(SECURITY_HEADERS))
      await app.register(fastifyStatic, {
        root: folder,
        serve: false,
        preCompressed: true,
        cacheControl: false,
        // No validators: they are derived from size and time, which two builds can share, so a stale shell would stay.
        etag: false,
        lastModified: false,
        setHeaders: (reply, path) => void reply.header('cache-control', cachingOf(relative(folder, path))),
      })
      const hidden = { schema: { hide: true } }
      for (const directory of ['assets', 'icons'])
        app.get<{ Params: { '*': string } }>(`/${directory}/*`, hidden, (request, reply) =>
          reply.sendFile(`${directory}/${request.params['*']}`),
        )
      for (const file of ['sw.js', 'manifest.webmanifest'])
        app.get(`/${file}`, hidden, (_request, reply) => reply.sendFile(file))
      // The API is not here: answering with the shell would look like success to the caller.
      app.get('/bff/*', hidden, async () => {
        throw new ExpectedError(
          'missing',
          'NO_SUCH_ROUTE',
          'The BFF serves the API, not the app. Route /bff/* to the BFF.',
        )
      })
      app.get('/*', hidden, (_request, reply) => reply.sendFile('index.html'))
    },
  })
}

// Only files that exist are cacheable: a 404 during a rollout must not stay for a year.
function cachingOf(path: string): string {
  if (path.startsWith('assets/')) return 'public, max-age=31536000, immutable'
  return path.startsWith('icons/') ? 'public, max-age=86400' : 'no-cache'
}
