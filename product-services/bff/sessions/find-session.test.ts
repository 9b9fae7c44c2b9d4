import { ExpectedError } from '@goalixa/chassis/errors'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { createInFlightLimit } from '../limits/create-in-flight-limit.ts'
import { createFindSession } from './find-session.ts'

const REFRESH = 'r'.repeat(60)

/** Sends a body that takes some seconds to arrive, with a token that is valid for `secondsLeft`; `refresh` is the status of auth's answer to a refresh. */
async function upload({
  secondsLeft,
  bodySeconds,
  refresh = () => 200,
}: {
  secondsLeft: number
  bodySeconds: number
  refresh?: () => number
}) {
  let now = 1_800_000_000_000
  const expiry: Record<string, number> = { old: now / 1000 + secondsLeft, renewed: now / 1000 + 900 }
  const used: string[] = []
  const cookies: string[] = []
  let renewals = 0
  const findSession = createFindSession({
    auth: async () => {
      renewals += 1
      return {
        status: refresh(),
        headers: {},
        body: { accessToken: 'renewed', refreshToken: REFRESH, expiresIn: 900, refreshExpiresIn: 9_000 },
      }
    },
    cookies: {
      read: () => ({ access: 'old', refresh: REFRESH }),
      write: () => void cookies.push('written'),
      clear: () => void cookies.push('cleared'),
    },
    verify: async token => {
      const exp = expiry[token] ?? 0
      if (exp * 1000 <= now) throw new ExpectedError('unauthenticated', 'INVALID_TOKEN', 'expired')
      return { sub: 'ann', sid: 'session', exp, claims: {} }
    },
    endedSessions: { hasEnded: async () => false, markEnded: () => {} },
    enter: createInFlightLimit(),
    now: () => now,
    count: { refused: () => {}, checked: () => {} },
  })
  const app = Fastify()
  app.setErrorHandler((error: ExpectedError, _request, reply) => reply.status(400).send({ code: error.code }))
  app.post('/', async (request, reply) => {
    const { hold } = await findSession(request, reply)
    now += bodySeconds * 1000
    await hold(async token => void used.push(token))
    return { code: 'OK' }
  })
  const { code } = (await app.inject({ method: 'POST', url: '/' })).json()
  return { code, used, cookies, renewals }
}

test('a token that is valid when the body has arrived is used as it is', async () => {
  expect(await upload({ secondsLeft: 130, bodySeconds: 120 })).toEqual({
    code: 'OK',
    used: ['old'],
    cookies: [],
    renewals: 0,
  })
})

test('a token that expires while the body arrives is renewed before anything is called with it', async () => {
  for (const bodySeconds of [97, 120])
    expect(await upload({ secondsLeft: 100, bodySeconds })).toEqual({
      code: 'OK',
      used: ['renewed'],
      cookies: ['written'],
      renewals: 1,
    })
})

// Another request may have renewed it more than a minute ago: auth would take the use of the old token for a theft, and end the session.
test('a token that has expired long before the body arrives is not renewed; the request is to be sent again', async () => {
  expect(await upload({ secondsLeft: 30, bodySeconds: 100 })).toEqual({
    code: 'BODY_TOO_SLOW',
    used: [],
    cookies: [],
    renewals: 0,
  })
})

test('a session that auth has ended while the body arrived is refused, and an auth that is away signs nobody out', async () => {
  const slow = { secondsLeft: 100, bodySeconds: 120 }
  expect(await upload({ ...slow, refresh: () => 401 })).toMatchObject({
    code: 'SIGNED_OUT',
    used: [],
    cookies: ['cleared'],
  })
  const away = () => {
    throw new ExpectedError('unavailable', 'UPSTREAM_UNREACHABLE', 'auth cannot be reached.')
  }
  expect(await upload({ ...slow, refresh: away })).toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    used: [],
    cookies: [],
  })
})
