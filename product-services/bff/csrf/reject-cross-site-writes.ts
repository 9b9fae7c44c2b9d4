import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyRequest } from 'fastify'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Rejects writes that another site's page could have caused. A write needs the header `x-gx`, which neither a plain form
 * nor a cross-origin script can send, and the browser's `Origin` and `Sec-Fetch-Site` headers must agree.
 */
export function rejectCrossSiteWrites(
  app: ServiceApp,
  { allowedOrigins }: { allowedOrigins: string[] },
): void {
  app.addHook('onRequest', async request => {
    if (SAFE_METHODS.includes(request.method)) return
    if (request.headers['x-gx'] === undefined) throw crossSite('The header x-gx is missing.')
    const { origin } = request.headers
    const isOwnPage = origin === undefined || hostOf(origin) === request.host
    if (origin !== undefined && allowedOrigins.includes(origin)) return
    if (!isOwnPage) throw crossSite('The request comes from another origin.')
    if (!isSameSite(request))
      throw crossSite('The request comes from another site, according to its Sec-Fetch-Site header.')
  })
}

function isSameSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function crossSite(message: string) {
  return new ExpectedError('forbidden', 'FOREIGN_REQUEST', message)
}
