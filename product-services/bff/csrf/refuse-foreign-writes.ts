import type { App } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { FastifyRequest } from 'fastify'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Refuses writes that a foreign page could have caused: a write needs the header `x-gx`, which no plain form or foreign
 * script can send, and what the browser says of the page (`Origin`, `Sec-Fetch-Site`) must not contradict.
 */
export function refuseForeignWrites(app: App, { allowedOrigins }: { allowedOrigins: string[] }): void {
  app.addHook('onRequest', async request => {
    if (SAFE_METHODS.includes(request.method)) return
    if (request.headers['x-gx'] === undefined) throw foreign('The header x-gx is missing.')
    const { origin } = request.headers
    const isOwnPage = origin === undefined || hostOf(origin) === request.host
    if (origin !== undefined && allowedOrigins.includes(origin)) return
    if (!isOwnPage) throw foreign('The request comes from another origin.')
    if (!isSameSite(request)) throw foreign('The browser says that the request comes from another site.')
  })
}

function isSameSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function foreign(message: string) {
  return new ExpectedError('forbidden', 'FOREIGN_REQUEST', message)
}
