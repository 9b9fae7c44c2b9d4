import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import { hashPassword, verifyPassword } from '../passwords/hash-password.ts'
import { passwordFault } from '../passwords/password-fault.ts'
import type { Account, AccountsRepository } from './accounts.repository.ts'
import type { Register } from './accounts.schema.ts'

/** Who has an account and which password opens it. */
export function createAccountsService({
  repository,
  now,
}: {
  repository: AccountsRepository
  now: () => number
}) {
  // Verified in place of the missing hash of an unknown address, so that both answers take the same time.
  const decoyHash = hashPassword('nobody has this password')

  return {
    /** Makes the account unless the address has one; the caller can not tell which. Throws WEAK_PASSWORD. */
    async register({ email, password }: Register): Promise<void> {
      const fault = passwordFault(password, email)
      if (fault)
        throw new ExpectedError('invalid', 'WEAK_PASSWORD', `The password must be ${fault}.`, {
          fields: [{ field: 'password', expected: fault }],
        })
      const passwordHash = await hashPassword(password)
      await repository.insert({ id: uuidv7(), email, passwordHash, createdAt: new Date(now()) })
    },

    /** The account that address and password open, or undefined. */
    async authenticate({ email, password }: Register): Promise<Account | undefined> {
      const account = await repository.findByEmail(email)
      const hash = account?.passwordHash ?? (await decoyHash)
      const { isRight, isOutdated } = await verifyPassword(password, hash)
      if (!account || !isRight) return undefined
      if (isOutdated)
        await repository.replaceHash(account.id, { from: hash, to: await hashPassword(password) })
      return account
    },
  }
}
export type AccountsService = ReturnType<typeof createAccountsService>
