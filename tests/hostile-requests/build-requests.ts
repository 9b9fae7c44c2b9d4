import { gzipSync } from 'node:zlib'
import { CONTENT_TYPES, HEADERS, METHODS, PARAMETERS, QUERIES, QUERY_PARAMETERS } from './hostile-parts.ts'
import { HOSTILE_VALUES } from './hostile-values.ts'
import type { Route } from './list-routes.ts'
import { pathsIn, replaceAll } from './replace-values.ts'
import { bytesOf, type Parts } from './request-bytes.ts'
import { sampleValue } from './sample-value.ts'

/** One request as bytes; `leaves` means that the client closes the connection in the middle. */
export type HostileRequest = { kind: string; bytes: Buffer; leaves?: boolean }

type Headers = Record<string, string>
type Input = {
  /** The headers of the service and of the person, such as a cookie. */
  headers: Headers
  /** Good values by the name of the field. */
  known: Record<string, unknown>
  random: () => number
}

// In a query everything is a text.
const QUERY_VALUES = { archived: 'true', limit: '5', time_zone: 'Europe/Berlin' }
const RANDOM_BODIES = 40

/** Builds a valid request of a route and everything hostile that a client could send in its place. */
export function buildRequests(route: Route, { headers, known, random }: Input): HostileRequest[] {
  const valid = validParts(route, { headers, known, random })
  return [
    { kind: 'valid', bytes: bytesOf(valid) },
    ...bodies(route, valid, known),
    ...randomBodies(route, valid, known, random),
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
      request(`${name} in ${path.join('.')}`, {
        ...valid,
        body: Buffer.from(replaceAll(sample, [{ path, json: text }])),
      }),
    )
    return route.method === 'GET' ? [] : [whole, ...inFields]
  })
}

// Several fields at once, each with a hostile value or a random one.
function randomBodies(
  route: Route,
  valid: Parts,
  known: Record<string, unknown>,
  random: () => number,
): HostileRequest[] {
  const sample = route.body && sampleValue(route.body, known)
  const paths = pathsIn(sample)
  if (paths.length === 0) return []
  return Array.from({ length: RANDOM_BODIES }, (_, index) => {
    const texts = Array.from({ length: 3 }, () =>
      random() < 0.5 ? pick(Object.values(HOSTILE_VALUES), random) : JSON.stringify(randomValue(random)),
    )
    // A value that holds another one is left alone, because the other would have no place.
    const leaves = paths.filter(
      path => !paths.some(other => other.length > path.length && isWithin(other, path)),
    )
    const chosen = [...new Set(texts.map(() => pick(leaves, random)))]
    const body = replaceAll(
      sample,
      chosen.map((path, place) => ({ path, json: texts[place] ?? '' })),
    )
    return request(`random values ${index} in ${chosen.map(path => path.join('.')).join(' and ')}`, {
      ...valid,
      body: Buffer.from(body),
    })
  })
}

function isWithin(path: string[], outer: string[]): boolean {
  return outer.every((key, index) => path[index] === key)
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from.')
  return item
}

function randomValue(random: () => number, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 4 : 6))
  if (kind === 0) return random() < 0.5
  if (kind === 1) return Math.round((random() - 0.5) * 10 ** Math.floor(random() * 20))
  if (kind === 2)
    return String.fromCharCode(...Array.from({ length: random() * 20 }, () => random() * 65_536))
  if (kind === 3) return null
  const inner = Array.from({ length: random() * 4 }, () => randomValue(random, depth + 1))
  return kind === 4 ? inner : Object.fromEntries(inner.map(value => [String(randomValue(random, 9)), value]))
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
  const queries = route.query.flatMap(({ name }) => [
    ...QUERY_PARAMETERS.map(value => `?${name}=${value}`),
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

function byte(random: () => number): number {
  return Math.floor(random() * 256)
}
