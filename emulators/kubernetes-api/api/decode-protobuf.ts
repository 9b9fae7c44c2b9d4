import { Reader } from 'protobufjs/minimal.js'
import { badRequest, StatusError } from '../registry/status-error.ts'
import FIELDS from './protobuf-fields.json' with { type: 'json' }

/**
 * `name[?] type`; `?` means that an empty value is omitted. The table is taken from the struct tags of k8s.io/api 0.32.
 */
type Fields = Record<string, Record<string, string>>
const MESSAGES: Fields = FIELDS
const MAGIC = Buffer.from('k8s\0')

/**
 * Decodes a body of type application/vnd.kubernetes.protobuf, which kubectl 1.32 and later sends for `create`, to the
 * object that its JSON would be. Source: k8s.io/apimachinery runtime.Unknown. Throws StatusError 400 or 415.
 */
export function decodeProtobuf(body: Buffer): unknown {
  if (!body.subarray(0, 4).equals(MAGIC)) throw badRequest('the body is not Kubernetes protobuf')
  const envelope = new Map(readFields(body.subarray(4)).map(({ number, value }) => [number, value]))
  const typeMeta = new Map(
    readFields(bytesOf(envelope.get(1))).map(({ number, value }) => [number, String(value)]),
  )
  const [apiVersion = '', kind = ''] = [typeMeta.get(1), typeMeta.get(2)]
  const message = messageFor(apiVersion, kind)
  if (!MESSAGES[message])
    throw new StatusError(415, 'UnsupportedMediaType', `${apiVersion} ${kind} is not supported as protobuf`)
  return { apiVersion, kind, ...readMessage(message, bytesOf(envelope.get(2))) }
}

function messageFor(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return 'meta/v1.DeleteOptions'
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
  return `${group.split('.')[0]}/${version}.${kind}`
}

function readMessage(name: string, bytes: Buffer): Record<string, unknown> {
  const fields = MESSAGES[name] ?? {}
  const object: Record<string, unknown> = {}
  for (const { number, value } of readFields(bytes)) {
    const [label = '', type = ''] = (fields[number] ?? '').split(' ')
    if (type === '') continue
    const key = label.replace('?', '')
    const read = readValue(type, value, object[key])
    // An embedded struct has no name: its fields belong to the enclosing object.
    if (key === '') Object.assign(object, read)
    else if (!(label.endsWith('?') && isEmpty(read))) object[key] = read
  }
  return object
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === 0 || value === false || value === null
}

type Wire = bigint | Buffer

function readValue(type: string, value: Wire, before: unknown): unknown {
  const inner = type.slice(1)
  switch (type[0]) {
    case 'l':
      return [...((before as unknown[] | undefined) ?? []), readValue(inner, value, undefined)]
    case 'M': {
      const entry = new Map(readFields(bytesOf(value)).map(field => [field.number, field.value]))
      const item = readValue(inner, entry.get(2) ?? Buffer.alloc(0), undefined)
      return { ...(before as object | undefined), [String(entry.get(1) ?? '')]: item }
    }
    case 'm':
      return readMessage(inner, bytesOf(value))
    case 'b':
      return value !== 0n
    case 'i':
      return Number(BigInt.asIntN(64, BigInt(value as bigint)))
    case 'f':
      return bytesOf(value).readDoubleLE()
    case 'y':
      return bytesOf(value).toString('base64')
    default:
      return readSpecial(type, bytesOf(value))
  }
}

function readSpecial(type: string, bytes: Buffer): unknown {
  if (type === 's') return bytes.toString('utf8')
  const parts = new Map(readFields(bytes).map(({ number, value }) => [number, value]))
  if (type === 'q') return String(parts.get(1) ?? '0')
  if (type === 'j') return JSON.parse(String(parts.get(1) ?? '{}'))
  if (type === 'o')
    return parts.get(1) === 1n
      ? String(parts.get(3) ?? '')
      : Number(BigInt.asIntN(32, (parts.get(2) as bigint) ?? 0n))
  const seconds = Number(parts.get(1) ?? 0n)
  if (seconds === 0) return null
  const iso = new Date(seconds * 1000 + Number(parts.get(2) ?? 0n) / 1e6).toISOString()
  return type === 'u' ? `${iso.slice(0, 23)}000Z` : `${iso.slice(0, 19)}Z`
}

function bytesOf(value: Wire | undefined): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

function readFields(bytes: Buffer): { number: number; value: Wire }[] {
  const reader = Reader.create(bytes)
  const fields: { number: number; value: Wire }[] = []
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32()
      fields.push({ number: tag >>> 3, value: readWire(reader, tag & 7) })
    }
  } catch (error) {
    throw badRequest(`the protobuf of the body cannot be decoded: ${(error as Error).message}`)
  }
  return fields
}

function readWire(reader: Reader, wireType: number): Wire {
  if (wireType === 0) return BigInt(reader.uint64().toString())
  if (wireType === 2) return Buffer.from(reader.bytes())
  const start = reader.pos
  reader.skipType(wireType)
  return Buffer.from(reader.buf.subarray(start, reader.pos))
}
