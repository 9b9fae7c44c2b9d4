import type { KubeObject } from '../meta/kube-object.ts'
import type { Cluster } from '../registry/cluster.ts'
import { badRequest, StatusError } from '../registry/status-error.ts'
import type { Reply } from './reply.ts'
import { representationOf } from './representation.ts'
import type { ApiRequest } from './request.ts'
import { parseFilter } from './selectors.ts'
import type { Target } from './target.ts'

/** Handles GET of one object. Throws StatusError 404. */
export function getObject(
  cluster: Cluster,
  { kind, namespace, name = '' }: Target,
  { accept, query }: ApiRequest,
): Reply {
  const object = cluster.get(kind, namespace, name)
  const form = representationOf({ kind, accept, query, now: cluster.now() })
  return { code: 200, contentType: form.contentType, body: form.writeObject(object) }
}

/** Handles GET of a collection, in pages if the client sets `limit`. Throws StatusError 400 or 410. */
export function listObjects(
  cluster: Cluster,
  { kind, namespace }: Target,
  { accept, query }: ApiRequest,
): Reply {
  const filter = parseFilter(kind, query)
  const token = query.get('continue')
  const after = token ? readToken(token) : undefined
  const limit = limitOf(query)
  checkRevision(query.get('resourceVersion') ?? '')
  const all = cluster
    .list(kind, namespace)
    .filter(filter)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter(object => after === undefined || keyOf(object) > after.key)
  const page = limit > 0 ? all.slice(0, limit) : all
  const resourceVersion = after?.revision ?? String(cluster.store.revision())
  const last = page.at(-1)
  const more =
    last && page.length < all.length
      ? {
          continue: writeToken({ revision: resourceVersion, key: keyOf(last) }),
          remainingItemCount: all.length - page.length,
        }
      : {}
  const form = representationOf({ kind, accept, query, now: cluster.now() })
  return {
    code: 200,
    contentType: form.contentType,
    body: form.writeList(page, { resourceVersion, ...more }),
  }
}

function checkRevision(text: string) {
  if (/^\d*$/.test(text)) return
  const reason = `strconv.ParseUint: parsing "${text}": invalid syntax`
  throw badRequest(`invalid resource version: resourceVersion: Invalid value: "${text}": ${reason}`)
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') || '0'
  if (!/^\d+$/.test(text)) throw badRequest(`limit: Invalid value: "${text}": must be a whole number`)
  return Number(text)
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

type Token = { revision: string; key: string }

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(text: string): Token {
  try {
    const { revision, key } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Token>
    if (typeof revision === 'string' && typeof key === 'string') return { revision, key }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badRequest('continue key is not valid: it must be the `metadata.continue` of an earlier list')
}

/** Creates a 410: the client has to list again. */
export function goneError(message: string): StatusError {
  return new StatusError(410, 'Expired', message)
}
