import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

type Cost = { memory: number; passes: number; parallelism: number }

/** Argon2id with 19 MiB, two passes, one lane: the first recommendation of OWASP's password storage cheat sheet. */
export const CURRENT_COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const BYTES = { salt: 16, hash: 32 }

/** Hashes a password; the result is a PHC string that contains its cost and salt. */
export async function hashPassword(password: string, cost: Cost = CURRENT_COST): Promise<string> {
  const salt = randomBytes(BYTES.salt)
  const hash = await hashWith(password, salt, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/** Returns whether the password matches the hash, and whether the hash should be recomputed at the current cost. */
export async function verifyPassword(
  password: string,
  encoded: string,
): Promise<{ isCorrect: boolean; isOutdated: boolean }> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(encoded)
  if (!parts) throw new Error('A stored password hash is malformed.')
  const [, memory, passes, parallelism, salt = '', hash = ''] = parts
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const expected = Buffer.from(hash, 'base64')
  const actual = await hashWith(password, Buffer.from(salt, 'base64'), cost)
  const isOutdated = cost.memory !== CURRENT_COST.memory || cost.passes !== CURRENT_COST.passes
  return { isCorrect: timingSafeEqual(expected, actual), isOutdated }
}

async function hashWith(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
  return derive('argon2id', { message: password, nonce, tagLength: BYTES.hash, ...cost })
}

// PHC strings use base64 without padding.
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
