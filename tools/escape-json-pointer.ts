/** Escapes one name for a JSON Pointer (RFC 6901): the annotation `a/b` is at `/metadata/annotations/a~1b`. */
export function escapeJsonPointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
