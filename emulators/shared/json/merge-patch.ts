import { isRecord } from '@goalixa/chassis/is-record'

/**
 * Applies a JSON Merge Patch (RFC 7396): null removes a field, objects are merged, any other value replaces. Does not
 * modify the target, unlike the package json-merge-patch: stored objects must not change in place.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field]
    else result[field] = mergePatch(result[field], value)
  }
  return result
}
