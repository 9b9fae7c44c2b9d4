import { gzipSync } from 'node:zlib'
import { HOSTILE_VALUES } from './hostile-values.ts'
import type { Route } from './list-routes.ts'
import { sampleValue } from './sample-value.ts'

/** One request as bytes; `leaves` means that the client closes the connection in the middle. */
export type HostileRequest = { kind: string; bytes: Buffer; leaves?: boolean }

type Headers = Record<string, string>
type Parts = { method: string; target: string; headers: Headers; body: Buffer | undefined }
type Input = {
  /** The headers of the service and of the person, such as a cookie. */
  headers: Headers
  /** Good values by the name of the field. */
  known: Record<string, unknown>
  random: () => number
}

// In a query everything is a text.
const QUERY_VALUES = { archived: 'true', limit: '5', time_zone: 'Europe/Berlin' }
const PARAMETERS = [
  '01890000-0000-7000-8000-0000000000AB',
  '%00',
  '%zz',
  '%c0%ae%c0%ae',
  '..%2f..%2ftimer',
  '%E2%80%AE',
  '__proto__',
  'x'.repeat(120),
  'x'.repeat(9_000),
  '1%27%20OR%201=1',
]
const QUERIES = [
  '?a=%zz',
  '?%00=%00',
  '?__proto__=1&constructor=2',
  '?&&==&=',
  `?${'a=1&'.repeat(2_000)}`,
  `?q=${'x'.repeat(10_000)}`,
  '?a[b][c]=1',
  '#fragment?x=1',
]
const HEADERS: Headers[] = [
  { authorization: 'Bearer garbage' },
  { authorization: `Bearer ${token({ alg: 'none' })}` },
  { authorization: `Bearer ${token({ alg: 'EdDSA', kid: 'unknown' })}` },
  { authorization: `Bearer ${token({ alg: 'EdDSA', crit: ['b64'], b64: false })}` },
  { authorization: `Bearer ${token([])}` },
  { authorization: 'Bearer ' },
  { authorization: 'Basic YTpi' },
  { cookie: 'gx_at=garbage; gx_rt=garbage' },
  { cookie: `gx_at=${token({ alg: 'EdDSA', kid: 'unknown' })}; gx_rt=${'x'.repeat(5_000)}` },
  { cookie: 'gx_at=; gx_rt=; ;;=; %zz=%zz; gx_at' },
  { cookie: 'gx_rt=%00%ff' },
  { 'if-match': 'garbage' },
  { 'if-match': '9'.repeat(400) },
  { 'if-match': 'W/"1", "2"' },
  { accept: '\u00e9/*;q=nan' },
  { 'accept-encoding': 'gzip;q=0, *' },
  { 'x-forwarded-for': 'unknown, 999.1.1.1, ::1%eth0' },
  { 'x-forwarded-host': 'a b', 'x-forwarded-proto': 'gopher' },
  { traceparent: '00-zz-zz-zz' },
  { origin: 'not a url' },
  { 'user-agent': '\u00ff'.repeat(2_000) },
  { expect: '100-continue' },
  { expect: 'the unexpected' },
  { upgrade: 'websocket', connection: 'upgrade' },
  { range: 'bytes=9-1' },
  { 'x-http-method-override': 'TRACE' },
  { host: '' },
  { 'x-long': 'x'.repeat(20_000) },
]
const METHODS = ['PUT', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY', 'BREW', 'get', 'CONNECT']
const CONTENT_TYPES = [
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/json;;;=',
  'application/merge-patch+json',
  'garbage',
  '/',
]

/** Builds a valid request of a route and everything hostile that a client could send in its place. */
export function buildRequests(route: Route, { headers, known, random }: Input): HostileRequest[] {
  const valid = validParts(route, { headers, known, random })
  return [
    { kind: 'valid', bytes: bytesOf(valid) },
    ...bodies(route, valid, known),
    ...(valid.body === undefined ? [] : encodings(valid, valid.body)),
    ...targets(route, valid),
    ...HEADERS.map(more =>
      request(`the header ${JSON.stringify(more).slice(0, 60)}`, {
        ...valid,
        headers: { ...valid.headers, ...more },
      }),
    ),
    ...METHODS.map(method => request(`the method ${method}`, { ...valid, method })),
    { kind: 'two requests at once', bytes: Buffer.concat([bytesOf(valid), bytesOf(valid)]) },
  ]
}

function validParts(route: Route, { headers, known, random }: Input): Parts {
  const query = new URLSearchParams(
    route.query.map(({ name, schema }) => [
      name,
      String(sampleValue(schema, { ...known, ...QUERY_VALUES }, name)),
    ]),
  )
  const text = route.body && JSON.stringify(sampleValue(route.body, known))
  return {
    method: route.method,
    target: `${route.path.replace(/\{(\w+)\}/g, (_whole, name) => String(known[name]))}${query.size > 0 ? `?${query}` : ''}`,
    headers: {
      host: 'localhost',
      connection: 'close',
      // Another network each time, so that rate limits do not answer for the route.
      'x-forwarded-for': `10.${byte(random)}.${byte(random)}.1`,
      ...headers,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: text === undefined ? undefined : Buffer.from(text),
  }
}

function bodies(route: Route, valid: Parts, known: Record<string, unknown>): HostileRequest[] {
  const json = { 'content-type': 'application/json' }
  const sample = route.body && sampleValue(route.body, known)
  return Object.entries(HOSTILE_VALUES).flatMap(([name, text]) => {
    const whole = request(`${name} as the body`, {
      ...valid,
      headers: { ...valid.headers, ...json },
      body: Buffer.from(text),
    })
    const inFields = pathsIn(sample).map(path =>
      request(`${name} in ${path.join('.')}`, { ...valid, body: Buffer.from(replaceAt(sample, path, text)) }),
    )
    return route.method === 'GET' ? [] : [whole, ...inFields]
  })
}

function encodings(valid: Parts, body: Buffer): HostileRequest[] {
  const withHeaders = (more: Headers, content = body) => ({
    ...valid,
    headers: { ...valid.headers, ...more },
    body: content,
  })
  const half = body.subarray(0, Math.ceil(body.length / 2))
  return [
    request(
      'invalid UTF-8',
      withHeaders({}, Buffer.from(body.toString('latin1').replace('":', '\xff\xfe":'), 'latin1')),
    ),
    request('UTF-16', withHeaders({}, Buffer.from(body.toString(), 'utf16le'))),
    request('a byte order mark', withHeaders({}, Buffer.concat([Buffer.from('\ufeff'), body]))),
    request('no body', withHeaders({}, Buffer.alloc(0))),
    request('half of the JSON', withHeaders({}, half)),
    request(
      'an unknown field',
      withHeaders({}, Buffer.from(body.toString().replace('{', '{"__proto__":{"a":1},"surprise":1,'))),
    ),
    request('gzip', withHeaders({ 'content-encoding': 'gzip' }, gzipSync(body))),
    request('gzip that is not said', withHeaders({}, gzipSync(body))),
    request('an unknown compression', withHeaders({ 'content-encoding': 'br, gzip' })),
    ...CONTENT_TYPES.map(type =>
      request(`the Content-Type "${type}"`, withHeaders({ 'content-type': type })),
    ),
    request('a Content-Length beyond the limit', withHeaders({ 'content-length': '99999999' })),
    request('a Content-Length that is too short', withHeaders({ 'content-length': String(half.length) })),
    request('a negative Content-Length', withHeaders({ 'content-length': '-1' })),
    request('a Content-Length that is no number', withHeaders({ 'content-length': '1e3' })),
    request('a length and chunks', withHeaders({ 'transfer-encoding': 'chunked', 'content-length': '5' })),
    request('chunks that are none', withHeaders({ 'transfer-encoding': 'chunked' })),
    {
      ...request(
        'a client that leaves in the middle',
        withHeaders({ 'content-length': String(body.length + 9) }),
      ),
      leaves: true,
    },
    {
      ...request(
        'a client that leaves after a half',
        withHeaders({ 'content-length': String(body.length) }, half),
      ),
      leaves: true,
    },
  ]
}

function targets(route: Route, valid: Parts): HostileRequest[] {
  const path = valid.target.split('?')[0] ?? ''
  const parameters = route.path.includes('{') ? PARAMETERS.map(value => path.replace(/[^/]+$/, value)) : []
  const values = [
    '',
    '%00',
    '%zz',
    '-1',
    '0',
    '1e400',
    '99999999999999999999',
    '2026-02-30',
    '0000-01-01',
    '9999-12-31',
    'Mars%2FOlympus',
    'a'.repeat(3_000),
  ]
  const queries = route.query.flatMap(({ name }) => [
    ...values.map(value => `?${name}=${value}`),
    `?${name}=1&${name}=2`,
    `?${name}[]=1`,
    `${valid.target.slice(path.length)}&${name}=x`,
  ])
  return [
    ...parameters,
    ...[...QUERIES, ...queries].map(query => path + query),
    `${path}/`,
    `/${path}`,
    path.replace('/', '/%2e%2e/'),
    path.toUpperCase(),
    path.replace(/[a-z]/, letter => `%${letter.charCodeAt(0).toString(16)}`),
    `http://elsewhere.test${path}`,
    `${path}%`,
    `${path}\u00e9`,
    '*',
  ].map(target => request(`the target ${target.slice(0, 80)}`, { ...valid, target }))
}

function request(kind: string, parts: Parts): HostileRequest {
  return { kind, bytes: bytesOf(parts) }
}

function bytesOf({ method, target, headers, body }: Parts): Buffer {
  const length =
    body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(body.length) }
  const lines = Object.entries({ ...length, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const head = Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`, 'latin1')
  return body === undefined ? head : Buffer.concat([head, body])
}

// The places in a sample where a value stands, but not the sample itself.
function pathsIn(value: unknown, path: string[] = []): string[][] {
  const own = path.length === 0 ? [] : [path]
  if (typeof value !== 'object' || value === null) return own
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))]
}

const PLACE = 'the-place-of-the-hostile-value'

function replaceAt(sample: unknown, path: string[], json: string): string {
  const copy = structuredClone(sample)
  let at = copy as Record<string, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[path.at(-1) ?? ''] = PLACE
  return JSON.stringify(copy).replace(`"${PLACE}"`, () => json)
}

function token(header: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part({ sub: 'x', exp: 9_999_999_999 })}.${'A'.repeat(86)}`
}

function byte(random: () => number): number {
  return Math.floor(random() * 256)
}
