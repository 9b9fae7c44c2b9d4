import { createPrivateKey } from 'node:crypto'
import { ExpectedError } from '@goalixa/chassis/errors'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { readPem } from '../../connections/read-connection-file.ts'
import { failureOfStatus } from '../../http/failure-of-status.ts'
import { parseAnswer } from '../../http/parse-answer.ts'

/** A GitHub App that is installed on the repositories; `privateKey` is PEM or the path of a file with it. */
export type GithubApp = { appId: string; installationId: string; privateKey: string }

type Answer = { status: number; text: string }
type Send = (path: string, authorization: string, signal: AbortSignal) => Promise<Answer>

const Token = z.looseObject({ token: z.string(), expires_at: z.string() })

/** An installation token lives for an hour; it is renewed before, because a request takes a while. */
const RENEWAL_MS = 60_000
/** GitHub allows ten minutes at most, and its clock may be behind ours. */
const JWT_SECONDS = 540
const CLOCK_SKEW_SECONDS = 60

/**
 * The tokens of an installation of a GitHub App, requested when the last one is about to expire. `send` posts to GitHub. Rejects with
 * the failure of the request, and with `unauthenticated` NO_CREDENTIALS for a private key that cannot be used.
 */
export function createInstallationToken(app: GithubApp, send: Send, now: () => number = Date.now) {
  let latest: { token: string; expiresAt: number } | undefined

  return async (signal: AbortSignal): Promise<string> => {
    if (latest !== undefined && now() < latest.expiresAt - RENEWAL_MS) return latest.token
    const jwt = await signJwt(app, now())
    const path = `/app/installations/${encodeURIComponent(app.installationId)}/access_tokens`
    const { status, text } = await send(path, `Bearer ${jwt}`, signal)
    if (status >= 300) throw failureOfStatus('GitHub', status, messageOf(text), undefined, remedyOf(status))
    const { token, expires_at } = parseAnswer('GitHub', Token, parse(text))
    latest = { token, expiresAt: Date.parse(expires_at) }
    return token
  }
}

async function signJwt({ appId, privateKey }: GithubApp, nowMs: number): Promise<string> {
  const seconds = Math.floor(nowMs / 1000)
  const pem = readPem(privateKey, 'The private key of the GitHub App')
  try {
    return await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(appId)
      .setIssuedAt(seconds - CLOCK_SKEW_SECONDS)
      .setExpirationTime(seconds + JWT_SECONDS)
      .sign(createPrivateKey(pem))
  } catch (cause) {
    throw new ExpectedError(
      'unauthenticated',
      'NO_CREDENTIALS',
      'GITHUB_APP_PRIVATE_KEY cannot be used: expected the RSA private key of the GitHub App in PEM. Download a new one from the settings of the app.',
      { cause },
    )
  }
}

function remedyOf(status: number): string | undefined {
  if (status === 401) return 'Check GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, and the clock of this machine.'
  if (status === 404) return 'Check GITHUB_APP_INSTALLATION_ID.'
  if (status === 403) return 'Look whether the installation of the GitHub App is suspended.'
  return undefined
}

function messageOf(text: string): string {
  return z.looseObject({ message: z.string() }).safeParse(parse(text)).data?.message ?? ''
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
