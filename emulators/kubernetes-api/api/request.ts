import type { IncomingMessage } from 'node:http'
import { parse as parseYaml } from 'yaml'
import { badRequest, StatusError } from '../registry/status-error.ts'
import { decodeProtobuf } from './decode-protobuf.ts'

/** In bytes; larger bodies are answered 413. The limit is 1.5 MB in etcd, 3 MB in the API server. */
const BODY_LIMIT = 3 * 1024 * 1024

export type User = { name: string; groups: string[]; canWrite: boolean }
export type ApiRequest = {
  method: string
  path: string
  query: URLSearchParams
  accept: string
  contentType: string
  user: User
  /** The program in the User-Agent: the field manager of writes without one in the query. */
  userAgent: string
  /** The parsed body; `undefined` if there is none. */
  body: unknown
  /** Aborted when the client disconnects. */
  signal: AbortSignal
}

/** Reads and parses the body as JSON or YAML. Throws StatusError 400, 413 or 415. */
export async function readBody(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_LIMIT)
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${BODY_LIMIT}`)
    chunks.push(chunk)
  }
  if (size === 0) return undefined
  const type = (message.headers['content-type'] ?? 'application/json').split(';')[0] ?? ''
  if (type === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(Buffer.concat(chunks))
  if (type.includes('cbor'))
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    )
  const text = Buffer.concat(chunks).toString('utf8')
  try {
    return type.endsWith('yaml') ? parseYaml(text) : JSON.parse(text)
  } catch (error) {
    throw badRequest(`error decoding the body: ${error instanceof Error ? error.message : 'malformed'}`)
  }
}

/** Returns whether the request has `dryRun=All`. Throws StatusError 400 for any other value. */
export function isDryRun(query: URLSearchParams): boolean {
  const value = query.get('dryRun')
  if (value === null || value === '') return false
  if (value === 'All') return true
  throw badRequest(`dryRun: Unsupported value: "${value}": supported values: "All"`)
}

/** Returns whether a flag such as `watch` or `follow` is set. */
export function isEnabled(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '0' && value !== 'false' && (value !== '' || query.has(name))
}

/**
 * Returns the field manager of a write: `fieldManager`, or the program that sent it. Throws StatusError 400 if the name
 * is too long.
 */
export function managerOf({ query, userAgent }: ApiRequest): string {
  const name = query.get('fieldManager') || userAgent.split('/')[0] || 'unknown'
  if (name.length <= 128) return name
  throw badRequest('fieldManager: Too long: may not be more than 128 bytes')
}
