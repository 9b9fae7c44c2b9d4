import { z } from 'zod'
import { Email, User } from '../accounts/accounts.schema.ts'

/** As much as is stored of the User-Agent that signed in. */
export const MAX_USER_AGENT_CHARS = 300

/** The credentials of a sign-in. */
export const SignIn = z.strictObject({ email: Email, password: z.string().max(1_000) })
export type SignIn = z.infer<typeof SignIn>

export const RefreshRequest = z.strictObject({ refreshToken: z.string().min(1).max(200) })
export type RefreshRequest = z.infer<typeof RefreshRequest>

/** An access token, the refresh token for the next one, and the lifetime of each in seconds. */
export const Tokens = z.object({
  accessToken: z.string(),
  expiresIn: z.number().int(),
  refreshToken: z.string(),
  refreshExpiresIn: z.number().int(),
})
export type Tokens = z.infer<typeof Tokens>

export const SignedIn = Tokens.extend({ user: User })
export type SignedIn = z.infer<typeof SignedIn>

export const Me = z.object({ user: User })
export type Me = z.infer<typeof Me>
