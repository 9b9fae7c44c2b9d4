import type { FastifyReply, FastifyRequest } from 'fastify'

export type Page = { page: number; perPage: number }

/** Reads the requested page: `page` from 1, `per_page` up to 100, 30 by default. */
export function pageOf(request: FastifyRequest): Page {
  const query = request.query as Record<string, string | undefined>
  return { page: wholeNumber(query.page, 1), perPage: Math.min(100, wholeNumber(query.per_page, 30)) }
}

/** Returns one page of a list; sets GitHub's Link header on the reply. */
export function paginate<T>(request: FastifyRequest, reply: FastifyReply, items: readonly T[]): T[] {
  const { page, perPage } = pageOf(request)
  linkPages(request, reply, items.length)
  return items.slice((page - 1) * perPage, page * perPage)
}

/** Sets the Link header (RFC 8288) for a list of `total` items. */
export function linkPages(request: FastifyRequest, reply: FastifyReply, total: number): void {
  const { page, perPage } = pageOf(request)
  const last = Math.max(1, Math.ceil(total / perPage))
  const targets = [
    ...(page > 1 ? [['prev', Math.min(page - 1, last)] as const] : []),
    ...(page < last ? [['next', page + 1] as const, ['last', last] as const] : []),
    ...(page > 1 ? [['first', 1] as const] : []),
  ]
  if (targets.length === 0) return
  reply.header('link', targets.map(([rel, at]) => `<${urlOfPage(request, at)}>; rel="${rel}"`).join(', '))
}

function urlOfPage(request: FastifyRequest, page: number): string {
  const url = new URL(request.url, `${request.protocol}://${request.host}`)
  url.searchParams.set('page', String(page))
  return url.href
}

function wholeNumber(text: string | undefined, fallback: number): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : fallback
}
