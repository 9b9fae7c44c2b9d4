import { timingSafeEqual } from 'node:crypto'
import { StatusError } from '../registry/status-error.ts'
import type { User } from './request.ts'

export type Tokens = { admin: string; reader?: string }

const ADMIN: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'], canWrite: true }
const READER: User = { name: 'reader', groups: ['system:authenticated'], canWrite: false }

/** Returns the user of an Authorization header. Throws StatusError 401. */
export function authenticate(header: string | undefined, tokens: Tokens): User {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (token && isSame(token, tokens.admin)) return ADMIN
  if (token && tokens.reader && isSame(token, tokens.reader)) return READER
  throw new StatusError(401, 'Unauthorized', 'Unauthorized')
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
