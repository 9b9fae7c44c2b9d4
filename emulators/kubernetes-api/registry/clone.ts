/** Returns a deep copy of plain JSON without `undefined` fields, like a round trip over the wire. */
export function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

const OMITTED_IF_EMPTY = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields'] as const

/** Returns a deep copy for the store: empty metadata is omitted, as with Go's `omitempty`. */
export function cloneForStore<T extends { metadata: object }>(object: T): T {
  const copy = clone(object)
  const metadata = copy.metadata as Record<string, unknown>
  for (const field of OMITTED_IF_EMPTY) {
    const value = metadata[field]
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) delete metadata[field]
  }
  return copy
}
