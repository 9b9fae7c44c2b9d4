import { ExpectedError } from '@goalixa/chassis/errors'
import { v7 as uuidv7 } from 'uuid'
import { hashPassword, verifyPassword } from '../passwords/hash-password.ts'
import { validatePassword } from '../passwords/validate-password.ts'
import type { Account, AccountsRepository } from './accounts.repository.ts'
import type { Register } from './accounts.schema.ts'

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
      const fault = validatePassword(password, email)
      if (fault)
        throw new ExpectedError('invalid', 'WEAK_PASSWORD', `The password must be ${fault}.`, {
          fields: [{ field: 'password', expected: fault }],
        })
      const passwordHash = await hashPassword(password)
      await repository.insert({ id: uuidv7(), email, passwordHash, createdAt: new Date(now()) })
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
