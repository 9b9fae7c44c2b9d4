/** What may stand in the place of an id in a path. */
export const PARAMETERS = [
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
/** What may follow any path. */
export const QUERIES = [
  '?a=%zz',
  '?%00=%00',
  '?__proto__=1&constructor=2',
  '?&&==&=',
  `?${'a=1&'.repeat(2_000)}`,
  `?q=${'x'.repeat(10_000)}`,
  '?a[b][c]=1',
  '#fragment?x=1',
]
/** Headers that a client may add to any request. */
export const HEADERS: Record<string, string>[] = [
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
/** Methods that no route has, or that HTTP does not know. */
export const METHODS = ['PUT', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY', 'BREW', 'get', 'CONNECT']
/** Content types of a body that is JSON all the same. */
export const CONTENT_TYPES = [
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

/** What may be the value of any parameter in a query. */
export const QUERY_PARAMETERS = [
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

function token(header: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part({ sub: 'x', exp: 9_999_999_999 })}.${'A'.repeat(86)}`
}
