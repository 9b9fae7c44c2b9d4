import { ExpectedError } from '@goalixa/chassis/errors'
import { RECEIVE_LIMITS } from '@goalixa/chassis/receive-limits'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { createInFlightLimit } from '../limits/create-in-flight-limit.ts'
import { createFindSession } from './find-session.ts'

const NOW = 1_800_000_000_000
const REFRESH = 'r'.repeat(60)

/** Finds the session of a request whose access token is valid for `secondsLeft`; `refresh` is what auth does with the refresh token. */
async function find({
  secondsLeft,
  body,
  refresh = () => 200,
}: {
  secondsLeft: number
  body?: string
  refresh?: () => number
}) {
  const lifetimes: Record<string, number> = { old: secondsLeft, renewed: 900 }
  let used: string | undefined
  const findSession = createFindSession({
    auth: async () => ({
      status: refresh(),
      headers: {},
      body: { accessToken: 'renewed', refreshToken: REFRESH, expiresIn: 900, refreshExpiresIn: 9_000 },
    }),
    cookies: {
      read: () => ({ access: 'old', refresh: REFRESH }),
      write: () => {},
      clear: () => {},
    },
    verify: async token => ({
      sub: 'ann',
      sid: 'session',
      exp: NOW / 1000 + (lifetimes[token] ?? 0),
      claims: {},
    }),
    endedSessions: { hasEnded: async () => false, markEnded: () => {} },
    enter: createInFlightLimit(),
    now: () => NOW,
    count: { refused: () => {}, checked: () => {} },
  })
  const app = Fastify()
  app.all('/', async (request, reply) => {
    used = (await findSession(request, reply)).accessToken
    return {}
  })
  const { statusCode } = await app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: '/',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body }),
  })
  return { statusCode, used }
}

const LONGEST_UPLOAD_SECONDS = (RECEIVE_LIMITS.timeoutMs + RECEIVE_LIMITS.checkEveryMs) / 1000
const away = () => {
  throw new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', 'auth cannot be reached.')
}

test('a token that would expire while a body may still arrive is renewed first', async () => {
  expect(await find({ secondsLeft: LONGEST_UPLOAD_SECONDS, body: '{}' })).toMatchObject({ used: 'renewed' })
  expect(await find({ secondsLeft: LONGEST_UPLOAD_SECONDS + 60, body: '{}' })).toMatchObject({ used: 'old' })
})

test('a request without a body goes on with such a token', async () => {
  expect(await find({ secondsLeft: LONGEST_UPLOAD_SECONDS })).toMatchObject({ used: 'old' })
})

test.each([
  ['cannot be reached', away],
  ['limits the rate', () => 429],
])(
  'while auth %s, a token that is still valid is used, and an expired one is not',
  async (_name, refresh) => {
    expect(await find({ secondsLeft: 60, body: '{}', refresh })).toMatchObject({ used: 'old' })
    expect((await find({ secondsLeft: 1, body: '{}', refresh })).used).toBeUndefined()
  },
)

test('a session that auth has ended is refused, whatever its token says', async () => {
  expect((await find({ secondsLeft: 60, body: '{}', refresh: () => 401 })).used).toBeUndefined()
})
