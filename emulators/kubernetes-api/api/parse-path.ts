import { kindByPlural } from '../kinds.ts'
import type { Target } from './target.ts'

/** Parses `/api/v1/…` and `/apis/{group}/{version}/…`; `undefined` for a resource that the server does not store. */
export function parsePath(path: string): Target | undefined {
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent)
  const [root, ...rest] = segments
  if (root === 'api') return targetOf('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis') return targetOf(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return undefined
}

function targetOf(group: string, version: string, segments: string[]): Target | undefined {
  const isInNamespace =
    segments[0] === 'namespaces' && segments.length >= 3 && !NAMESPACE_SUBRESOURCES.has(segments[2] ?? '')
  const [plural = '', name, ...more] = isInNamespace ? segments.slice(2) : segments
  const kind = kindByPlural(group, version, plural)
  if (!kind || more.length > 1) return undefined
  if (isInNamespace !== kind.isNamespaced && (isInNamespace || name !== undefined)) return undefined
  return { kind, namespace: isInNamespace ? segments[1] : undefined, name, subresource: more[0] }
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])
