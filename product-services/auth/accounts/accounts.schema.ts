import { z } from 'zod'

/** The largest body that auth accepts, in bytes. Many times the longest password. */
export const MAX_AUTH_BODY_BYTES = 16_384

// RFC 5321 allows no longer path (erratum 1690 of RFC 3696).
const MAX_EMAIL_CHARS = 254
const EMAIL = `an email address of at most ${MAX_EMAIL_CHARS} characters`

/** An email address, trimmed and in lower case, so that one person has one account. */
export const Email = z.preprocess(
  value => (typeof value === 'string' ? value.trim().toLowerCase() : value),
  z.email(EMAIL).max(MAX_EMAIL_CHARS, EMAIL),
)

/** A request for an account. `validatePassword` holds the rules for the password. */
export const Register = z.strictObject({ email: Email, password: z.string().max(1_000) })
export type Register = z.infer<typeof Register>

/** A change of password by a person who is signed in. */
export const PasswordChange = z.strictObject({
  currentPassword: z.string().max(1_000),
  newPassword: z.string().max(1_000),
})
export type PasswordChange = z.infer<typeof PasswordChange>

/** The answer to every registration, whether or not the address is known (ASVS 5.0, 6.3.8). */
export const Registered = z.object({ status: z.literal('accepted') })

export const User = z.object({ id: z.uuid(), email: z.string(), createdAt: z.iso.datetime() })
export type User = z.infer<typeof User>
