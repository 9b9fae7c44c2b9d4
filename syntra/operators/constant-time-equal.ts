import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export function constantTimeEqual(left: string, right: string): boolean {
  return timingSafeEqual(hash(left), hash(right))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
