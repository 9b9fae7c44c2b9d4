import { randomBytes } from 'node:crypto'
import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import type { User } from '../accounts/accounts.schema.ts'
import type { AccountsService } from '../accounts/accounts.service.ts'
import type { Audit } from '../audit/audit.repository.ts'
import type { KeysService } from '../keys/keys.service.ts'
import { type Judgement, judgeRefresh, LIFE } from './judge-refresh.ts'
import { isSignedBy, type RefreshToken, readRefreshToken, writeRefreshToken } from './refresh-token.ts'
import type { Session, SessionsRepository } from './sessions.repository.ts'
import type { SignedIn, SignIn, Tokens } from './sessions.schema.ts'

const AUDIENCE = 'goalixa'
const ACCESS_SECONDS = 900

type Deps = {
  repository: SessionsRepository
  accounts: AccountsService
  audit: Audit
  keys: KeysService
  issuer: string
  now: () => number
}

/** Sessions: one for each device, from signing in to signing out. */
export function createSessionsService({ repository, accounts, audit, keys, issuer, now }: Deps) {
  return {
    /** Throws WRONG_CREDENTIALS, the same for an unknown address and a wrong password. */
    async signIn(input: SignIn, userAgent: string): Promise<SignedIn> {
      const account = await accounts.authenticate(input)
      if (!account)
        throw new ExpectedError('unauthenticated', 'WRONG_CREDENTIALS', 'Wrong email or password.')
      const at = new Date(now())
      const session = {
        id: uuidv7(),
        userId: account.id,
        secVersion: account.secVersion,
        hmacKey: randomBytes(32),
        counter: 1,
        userAgent: userAgent.slice(0, 300),
        createdAt: at,
      }
      await repository.insert(session)
      await audit.record({ event: 'sign_in', userId: account.id, sessionId: session.id, at })
      return { ...(await tokensFor(session, session.counter)), user: toUser(account) }
    },

    /** The next tokens of a session. Throws SESSION_ENDED, and REFRESH_REUSED after ending the session for it. */
    async refresh(token: string): Promise<Tokens> {
      const { session, judgement, counter } = await judge(token)
      if (judgement === 'ended')
        throw new ExpectedError('unauthenticated', 'SESSION_ENDED', 'This session has ended. Please sign in.')
      if (judgement === 'reuse') {
        await audit.record({
          event: 'refresh_reuse',
          userId: session.userId,
          sessionId: session.id,
          at: new Date(now()),
        })
        throw new ExpectedError(
          'unauthenticated',
          'REFRESH_REUSED',
          'This session was ended for your safety.',
        )
      }
      return tokensFor(session, counter + 1)
    },

    /** Ends the session of a genuine token, old or new. Says nothing about any other token. */
    async signOut(token: string): Promise<void> {
      const claim = readRefreshToken(token)
      if (!claim) return
      const at = new Date(now())
      let isOurs = false
      const session = await repository.change(claim.sessionId, found => {
        isOurs = isSignedBy(token, found.hmacKey)
        return isOurs ? { revokeAt: at, reason: 'sign_out' } : {}
      })
      if (session && isOurs)
        await audit.record({ event: 'sign_out', userId: session.userId, sessionId: session.id, at })
    },

    /** Whose access token it is. Throws INVALID_TOKEN, also for a session that has ended since. */
    async me(accessToken: string): Promise<User> {
      const claims = await keys.verify(accessToken, { issuer, audience: AUDIENCE })
      const account = await repository.findAccount(claims.sid)
      if (!account || account.id !== claims.sub)
        throw new ExpectedError(
          'unauthenticated',
          'INVALID_TOKEN',
          'The access token is invalid or has expired. Sign in again.',
        )
      return toUser(account)
    },
  }

  async function judge(token: string): Promise<{ session: Session; judgement: Judgement; counter: number }> {
    const claim = readRefreshToken(token)
    if (!claim) throw notOurs()
    const at = new Date(now())
    let judgement: Judgement | undefined
    const session = await repository.change(claim.sessionId, found => {
      if (!isSignedBy(token, found.hmacKey)) return {}
      judgement = judgeRefresh(found, claim.counter, at.getTime())
      if (judgement === 'rotate') return { rotateAt: at }
      return judgement === 'reuse' ? { revokeAt: at, reason: 'refresh_reuse' } : {}
    })
    if (!session || !judgement) throw notOurs()
    return { session, judgement, counter: claim.counter }
  }

  async function tokensFor(
    session: Pick<Session, 'id' | 'userId' | 'hmacKey' | 'createdAt'>,
    counter: number,
  ): Promise<Tokens> {
    const next: RefreshToken = { sessionId: session.id, counter }
    const leftMs = session.createdAt.getTime() + LIFE.absoluteMs - now()
    return {
      accessToken: await keys.sign(
        { sub: session.userId, sid: session.id },
        {
          issuer,
          audience: AUDIENCE,
          seconds: ACCESS_SECONDS,
        },
      ),
      expiresIn: ACCESS_SECONDS,
      refreshToken: writeRefreshToken(next, session.hmacKey),
      refreshExpiresIn: Math.floor(Math.min(LIFE.idleMs, leftMs) / 1000),
    }
  }
}
export type SessionsService = ReturnType<typeof createSessionsService>

function notOurs() {
  return new ExpectedError('unauthenticated', 'INVALID_REFRESH_TOKEN', 'The refresh token is not valid.')
}

function toUser(account: { id: string; email: string; createdAt: Date }): User {
  return { id: account.id, email: account.email, createdAt: account.createdAt.toISOString() }
}
