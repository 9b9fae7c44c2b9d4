import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { GithubClient } from './github-client.ts'

/** The account of our token; `id` is null where GitHub gives only the login. */
export type Account = { login: string; id: number | null }

/** An account as GitHub vouches for it: the author of a pull request or comment. The author of a commit is anyone's claim. */
export const Actor = z.looseObject({ login: z.string(), id: z.number() }).nullish()
export type Actor = z.infer<typeof Actor>

const User = z.looseObject({ login: z.string(), id: z.number() })
const Viewer = z.looseObject({ data: z.looseObject({ viewer: z.looseObject({ login: z.string() }) }) })

/** Reads the account of our token. The token of a GitHub App may not read `GET /user`, so the account is then read through GraphQL. */
export async function readAccount(github: GithubClient, signal: AbortSignal): Promise<Account> {
  try {
    const { login, id } = await github.read('GET /user', User, signal, {})
    return { login, id }
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.kind !== 'forbidden') throw error
    const { data } = await github.graphql('query { viewer { login } }', Viewer, signal)
    return { login: data.viewer.login, id: null }
  }
}

/** Whether GitHub says that our account did it. */
export function isAccount({ login, id }: Account, actor: Actor): boolean {
  if (!actor) return false
  return id === null ? actor.login === login : actor.id === id
}
