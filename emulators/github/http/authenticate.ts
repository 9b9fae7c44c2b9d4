import type { FastifyRequest } from 'fastify'
import { GithubError } from './github-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The login of the request's token; null without one. */
    login: string | null
  }
}

/** Returns the login of the request's token (Bearer, token or Basic password); null without one. Throws 401. */
export function authenticate(request: FastifyRequest, tokens: ReadonlyMap<string, string>): string | null {
  const header = request.headers.authorization
  if (!header) return null
  const login = tokens.get(tokenOf(header))
  if (!login) throw new GithubError(401, 'Bad credentials')
  return login
}

/** Returns the login; throws 401 if there is none. */
export function requireLogin(request: FastifyRequest): string {
  if (request.login === null) throw new GithubError(401, 'Requires authentication')
  return request.login
}

function tokenOf(header: string): string {
  const [scheme = '', value = ''] = header.split(' ', 2)
  if (scheme.toLowerCase() !== 'basic') return value
  const decoded = Buffer.from(value, 'base64').toString()
  return decoded.slice(decoded.indexOf(':') + 1)
}
