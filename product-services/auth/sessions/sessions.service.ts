import { randomBytes } from 'node:crypto'
import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import type { Account } from '../accounts/accounts.repository.ts'
import type { PasswordChange, User } from '../accounts/accounts.schema.ts'
import type { AccountsService } from '../accounts/accounts.service.ts'
import type { AuditRepository } from '../audit/audit.repository.ts'
import type { KeysService } from '../keys/keys.service.ts'
import type { SessionState } from './ended-sessions.schema.ts'
import { evaluateRotation, LIFETIME, type RotationDecision } from './evaluate-rotation.ts'
import { decodeRefreshToken, encodeRefreshToken, isSignedBy, type RefreshToken } from './refresh-token.ts'
import type { Session, SessionsRepository } from './sessions.repository.ts'
import { MAX_USER_AGENT_CHARS, type SignedIn, type SignIn, type Tokens } from './sessions.schema.ts'

const AUDIENCE = 'goalixa'
/** The lifetime of an access token. */
export const ACCESS_SECONDS = 900

type Deps = {
  repository: SessionsRepository
  accounts: AccountsService
  audit: AuditRepository
  keys: KeysService
  /** Tells every replica of the BFF that sessions have ended. Never throws. */
  publishEnded: (sessionIds: string[]) => Promise<void>
  issuer: string
  now: () => number
}

/** A session that has not ended, and its owner. */
export type ActiveSession = { userId: string; sessionId: string }

/** Creates the service for sessions: one per device, from sign-in to sign-out. */
export function createSessionsService({
  repository,
  accounts,
  audit,
  keys,
  publishEnded,
  issuer,
  now,
}: Deps) {
  return {
    /** Starts a session. Throws WRONG_CREDENTIALS, the same for an unknown address and a wrong password. */
    async signIn(input: SignIn, userAgent: string): Promise<SignedIn> {
      const account = await accounts.authenticate(input)
      const signedIn = account && (await startSession(account, userAgent, 'sign_in'))
      if (signedIn) return signedIn
      throw new ExpectedError('unauthenticated', 'WRONG_CREDENTIALS', 'Wrong email address or password.')
    },

    /**
     * Changes the password, ends every session of the person, the caller's included, and starts a new one: a copy of any earlier token is
     * worthless. Throws WRONG_PASSWORD, WEAK_PASSWORD, SAME_PASSWORD, and SESSION_ENDED if the password was changed once more meanwhile.
     */
    async changePassword(userId: string, change: PasswordChange, userAgent: string): Promise<SignedIn> {
      const { account, endedSessions } = await accounts.changePassword(userId, change)
      await publishEnded(endedSessions)
      const signedIn = await startSession(account, userAgent, 'password_change')
      if (signedIn) return signedIn
      throw sessionEnded()
    },

    /** Ends the person's other sessions, on every device. */
    async endOthers({ userId, sessionId }: ActiveSession): Promise<void> {
      const at = new Date(now())
      await publishEnded(await repository.endOthers(userId, sessionId, at))
      await audit.record({ event: 'sessions_end', userId, sessionId, at })
    },

    /** Returns the next tokens of a session. Throws SESSION_ENDED, and REFRESH_REUSED after it has ended the session. */
    async refresh(token: string): Promise<Tokens> {
      const { session, decision, counter } = await evaluate(token)
      if (decision === 'ended') throw sessionEnded()
      if (decision === 'reuse') {
        await publishEnded([session.id])
        await audit.record({
          event: 'refresh_reuse',
          userId: session.userId,
          sessionId: session.id,
          at: new Date(now()),
        })
        throw new ExpectedError(
          'unauthenticated',
          'REFRESH_REUSED',
          'A refresh token was used twice, so the session was ended. Sign in again.',
        )
      }
      return tokensFor(session, counter + 1)
    },

    /** Ends the session of a genuine token, old or new. Ignores any other token silently. */
    async signOut(token: string): Promise<void> {
      const claim = decodeRefreshToken(token)
      if (!claim) return
      const at = new Date(now())
      let isGenuine = false
      const session = await repository.change(claim.sessionId, found => {
        isGenuine = isSignedBy(token, found.hmacKey)
        return isGenuine ? { revokeAt: at, reason: 'sign_out' } : {}
      })
      if (session && isGenuine) await signedOut(session, at)
    },

    /** Ends the session of an access token, unless it has ended already. Throws INVALID_TOKEN if the token itself is not valid. */
    async endCurrent(accessToken: string): Promise<void> {
      const { sid, sub } = await keys.verify(accessToken, { issuer, audience: AUDIENCE })
      const at = new Date(now())
      let isEnded = false
      const session = await repository.change(sid, found => {
        isEnded = found.userId === sub && !found.isRevoked
        return isEnded ? { revokeAt: at, reason: 'sign_out' } : {}
      })
      if (session && isEnded) await signedOut(session, at)
    },

    /** Returns the user of an access token. Throws INVALID_TOKEN, even if only the session has ended. */
    async me(accessToken: string): Promise<User> {
      return toUser((await requireActive(accessToken)).account)
    },

    /** Returns the user and the session of an access token. Throws INVALID_TOKEN, even if only the session has ended. */
    async active(accessToken: string): Promise<ActiveSession> {
      const { account, sessionId } = await requireActive(accessToken)
      return { userId: account.id, sessionId }
    },

    /** Returns whether the session of an access token is still active. Throws INVALID_TOKEN if the token itself is not valid. */
    async state(accessToken: string): Promise<SessionState> {
      return { state: (await find(accessToken)) ? 'active' : 'ended' }
    },
  }

  async function signedOut(session: Session, at: Date) {
    await publishEnded([session.id])
    await audit.record({ event: 'sign_out', userId: session.userId, sessionId: session.id, at })
  }

  // Undefined if the password has changed since the account was read.
  async function startSession(
    account: Account,
    userAgent: string,
    event: 'sign_in' | 'password_change',
  ): Promise<SignedIn | undefined> {
    const at = new Date(now())
    const session = {
      id: uuidv7(),
      userId: account.id,
      secVersion: account.secVersion,
      hmacKey: randomBytes(32),
      counter: 1,
      userAgent: userAgent.slice(0, MAX_USER_AGENT_CHARS),
      createdAt: at,
    }
    if (!(await repository.insert(session))) return undefined
    await audit.record({ event, userId: account.id, sessionId: session.id, at })
    return { ...(await tokensFor(session, session.counter)), user: toUser(account) }
  }

  async function requireActive(accessToken: string) {
    const found = await find(accessToken)
    if (found) return found
    throw new ExpectedError(
      'unauthenticated',
      'INVALID_TOKEN',
      'The access token is invalid or has expired. Sign in again.',
    )
  }

  async function find(accessToken: string) {
    const { sid, sub } = await keys.verify(accessToken, { issuer, audience: AUDIENCE })
    const account = await repository.findAccount(sid)
    return account?.id === sub ? { account, sessionId: sid } : undefined
  }

  async function evaluate(
    token: string,
  ): Promise<{ session: Session; decision: RotationDecision; counter: number }> {
    const claim = decodeRefreshToken(token)
    if (!claim) throw invalidRefreshToken()
    const at = new Date(now())
    let decision: RotationDecision | undefined
    const session = await repository.change(claim.sessionId, found => {
      if (!isSignedBy(token, found.hmacKey)) return {}
      decision = evaluateRotation(found, claim.counter, at.getTime())
      if (decision === 'rotate') return { rotateAt: at }
      return decision === 'reuse' ? { revokeAt: at, reason: 'refresh_reuse' } : {}
    })
    if (!session || !decision) throw invalidRefreshToken()
    return { session, decision, counter: claim.counter }
  }

  async function tokensFor(
    session: Pick<Session, 'id' | 'userId' | 'hmacKey' | 'createdAt'>,
    counter: number,
  ): Promise<Tokens> {
    const next: RefreshToken = { sessionId: session.id, counter }
    const leftMs = session.createdAt.getTime() + LIFETIME.absoluteMs - now()
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
      refreshToken: encodeRefreshToken(next, session.hmacKey),
      refreshExpiresIn: Math.floor(Math.min(LIFETIME.idleMs, leftMs) / 1000),
    }
  }
}
export type SessionsService = ReturnType<typeof createSessionsService>

function sessionEnded() {
  return new ExpectedError('unauthenticated', 'SESSION_ENDED', 'The session has ended. Sign in again.')
}

function invalidRefreshToken() {
  return new ExpectedError(
    'unauthenticated',
    'INVALID_REFRESH_TOKEN',
    'The refresh token is invalid. Sign in again.',
  )
}

function toUser(account: { id: string; email: string; createdAt: Date }): User {
  return { id: account.id, email: account.email, createdAt: account.createdAt.toISOString() }
}
