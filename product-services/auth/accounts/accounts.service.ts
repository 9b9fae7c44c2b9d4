import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import { hashPassword, verifyPassword } from '../passwords/hash-password.ts'
import { validatePassword } from '../passwords/validate-password.ts'
import type { Account, AccountsRepository } from './accounts.repository.ts'
import type { PasswordChange, Register } from './accounts.schema.ts'

/** Creates the service that registers accounts and checks their passwords. */
export function createAccountsService({
  repository,
  now,
}: {
  repository: AccountsRepository
  now: () => number
}) {
  // Verified in place of the hash that an unknown address lacks, so that both answers take the same time.
  const decoyHash = hashPassword('nobody has this password')

  return {
    /** Creates an account unless the address has one; the caller cannot tell which. Throws WEAK_PASSWORD. */
    async register({ email, password }: Register): Promise<void> {
      assertStrong(password, email, 'password')
      const passwordHash = await hashPassword(password)
      await repository.insert({ id: uuidv7(), email, passwordHash, createdAt: new Date(now()) })
    },

    /**
     * Changes the password of an account and ends all its sessions. Throws WRONG_PASSWORD, WEAK_PASSWORD and SAME_PASSWORD.
     */
    async changePassword(
      userId: string,
      { currentPassword, newPassword }: PasswordChange,
    ): Promise<{ account: Account; endedSessions: string[] }> {
      const account = await repository.findById(userId)
      if (!account || !(await verifyPassword(currentPassword, account.passwordHash)).isCorrect)
        throw wrongPassword()
      assertStrong(newPassword, account.email, 'newPassword')
      if (newPassword === currentPassword) throw samePassword()
      const hashes = { from: account.passwordHash, to: await hashPassword(newPassword) }
      const changed = await repository.changePassword(userId, { ...hashes, at: new Date(now()) })
      if (!changed) throw wrongPassword()
      const { secVersion, endedSessions } = changed
      return { account: { ...account, passwordHash: hashes.to, secVersion }, endedSessions }
    },

    /** Returns the account with this address and password, or undefined. */
    async authenticate({ email, password }: Register): Promise<Account | undefined> {
      const account = await repository.findByEmail(email)
      const hash = account?.passwordHash ?? (await decoyHash)
      const { isCorrect, isOutdated } = await verifyPassword(password, hash)
      if (!account || !isCorrect) return undefined
      if (isOutdated)
        await repository.replaceHash(account.id, { from: hash, to: await hashPassword(password) })
      return account
    },
  }
}
export type AccountsService = ReturnType<typeof createAccountsService>

function assertStrong(password: string, email: string, field: string) {
  const fault = validatePassword(password, email)
  if (fault)
    throw new ExpectedError('invalid', 'WEAK_PASSWORD', `The password must be ${fault}.`, {
      fields: [{ field, expected: fault }],
    })
}

// Whoever believes that the password is known to somebody else must not be told that it is changed.
function samePassword() {
  return new ExpectedError(
    'invalid',
    'SAME_PASSWORD',
    'The new password is the current one. Choose another. Nothing was changed.',
    { fields: [{ field: 'newPassword', expected: 'another password than the current one' }] },
  )
}

// 403, not 401: the person stays signed in.
function wrongPassword() {
  return new ExpectedError(
    'forbidden',
    'WRONG_PASSWORD',
    'The current password is wrong. Nothing was changed.',
  )
}
