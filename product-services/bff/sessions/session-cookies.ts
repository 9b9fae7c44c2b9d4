import type { Tokens } from '@goalixa/auth/sessions/sessions.schema'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Reads and writes the two cookies of a session. They are `HttpOnly`, so that no script can read a token (ASVS 5.0,
 * 10.1.1), and prefixed `__Host-`, so that no other host of the domain can set them (3.3.1). Plain HTTP on loopback
 * allows neither Secure nor the prefix.
 */
export function createSessionCookies({ isInsecure }: { isInsecure: boolean }) {
  const prefix = isInsecure ? '' : '__Host-'
  const names = { access: `${prefix}gx_at`, refresh: `${prefix}gx_rt` }
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: !isInsecure } as const

  return {
    read(request: FastifyRequest): { access: string | undefined; refresh: string | undefined } {
      return { access: request.cookies[names.access], refresh: request.cookies[names.refresh] }
    },
    write(reply: FastifyReply, tokens: Tokens): void {
      reply.setCookie(names.access, tokens.accessToken, { ...options, maxAge: tokens.expiresIn })
      reply.setCookie(names.refresh, tokens.refreshToken, { ...options, maxAge: tokens.refreshExpiresIn })
    },
    clear(reply: FastifyReply): void {
      reply.clearCookie(names.access, options)
      reply.clearCookie(names.refresh, options)
    },
  }
}
export type SessionCookies = ReturnType<typeof createSessionCookies>
