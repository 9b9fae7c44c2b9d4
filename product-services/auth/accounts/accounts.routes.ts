import type { ServiceApp } from '@goalixa/chassis/build-service'
import { networkPrefix } from '../limits/network-prefix.ts'
import type { CreateBucket } from '../limits/token-bucket.ts'
import { Register, Registered } from './accounts.schema.ts'
import type { AccountsService } from './accounts.service.ts'

/** `POST /v1/register`: always 202 with the same body and no session, so that it does not reveal who has an account. */
export function accountsRoutes(
  app: ServiceApp,
  { accounts, createBucket }: { accounts: AccountsService; createBucket: CreateBucket },
): void {
  const perNetwork = createBucket({ name: 'register-network', capacity: 60, perSecond: 1 })

  app.post(
    '/v1/register',
    { schema: { body: Register, response: { 202: Registered } } },
    async (request, reply) => {
      await perNetwork.take(networkPrefix(request.ip))
      await accounts.register(request.body)
      return reply.status(202).send({ status: 'accepted' })
    },
  )
}
