import { createHmac, timingSafeEqual } from 'node:crypto'

/** The content of a refresh token: the session, and the token's number within it. */
export type RefreshToken = { sessionId: string; counter: number }

const VERSION = 1
const SIGNED_BYTES = 1 + 16 + 4
const MAC_BYTES = 16

/**
 * Encodes a refresh token: base64url(version 1 | session id 16 | counter 4 | HMAC-SHA256 truncated to 16 bytes). The same
 * session and counter always yield the same token, which makes a repeated refresh idempotent.
 */
export function encodeRefreshToken({ sessionId, counter }: RefreshToken, hmacKey: Buffer): string {
  const signed = Buffer.alloc(SIGNED_BYTES)
  signed.writeUInt8(VERSION, 0)
  Buffer.from(sessionId.replaceAll('-', ''), 'hex').copy(signed, 1)
  signed.writeUInt32BE(counter, 17)
  return Buffer.concat([signed, computeMac(signed, hmacKey)]).toString('base64url')
}

/** Decodes a token without verifying it: the key is in the row of the session that it names. Undefined if malformed. */
export function decodeRefreshToken(token: string): RefreshToken | undefined {
  const bytes = Buffer.from(token, 'base64url')
  const isWellFormed = bytes.length === SIGNED_BYTES + MAC_BYTES && bytes.readUInt8(0) === VERSION
  if (!isWellFormed || bytes.toString('base64url') !== token) return undefined
  const sessionId = bytes
    .toString('hex', 1, 17)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { sessionId, counter: bytes.readUInt32BE(17) }
}

/** Returns whether the key of the session signed the token. */
export function isSignedBy(token: string, hmacKey: Buffer): boolean {
  const bytes = Buffer.from(token, 'base64url')
  return timingSafeEqual(bytes.subarray(SIGNED_BYTES), computeMac(bytes.subarray(0, SIGNED_BYTES), hmacKey))
}

function computeMac(signed: Buffer, hmacKey: Buffer): Buffer {
  return createHmac('sha256', hmacKey).update(signed).digest().subarray(0, MAC_BYTES)
}
