import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { WriteCall } from '../../write-call.ts'
import type { Account } from './account.ts'
import { awaitReplication } from './await-replication.ts'
import type { GithubClient } from './github-client.ts'
import { repositoryParameters } from './repository-parameters.ts'

const WithSha = z.looseObject({ sha: z.string() })
const Reference = z.looseObject({ object: WithSha })
const GitCommit = z.looseObject({
  sha: z.string(),
  message: z.string(),
  author: z.looseObject({ name: z.string().nullish() }).nullish(),
  tree: WithSha,
  parents: z.array(WithSha),
})
export type GitCommit = z.infer<typeof GitCommit>
// An empty answer (204) means that there was nothing to merge.
const Merge = z
  .union([WithSha, z.literal(''), z.undefined()])
  .transform(answer => (typeof answer === 'object' ? answer : undefined))
const GIT = '/repos/{owner}/{repo}/git'

export type NewCommit = { message: string; tree: string; parent: string; account: Account }

/** Git without a clone: reads commits and branches of one repository through GitHub's Git data calls. */
export function createGitData(github: GithubClient, repository: string, signal: AbortSignal) {
  const parameters = repositoryParameters(repository)
  const read = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.read(`GET ${route}`, schema, signal, { ...parameters, ...more })

  return {
    /** The commit that a branch points at. */
    branchAt: async (branch: string) =>
      (await read(`${GIT}/ref/{ref}`, Reference, { ref: `heads/${branch}` })).object.sha,
    commitAt: (commit_sha: string) =>
      awaitReplication(() => read(`${GIT}/commits/{commit_sha}`, GitCommit, { commit_sha }), signal),
    /** Whether a commit is an ancestor of another, or it. */
    async isAncestor(sha: string, head: string): Promise<boolean> {
      const { status } = await read(
        '/repos/{owner}/{repo}/compare/{basehead}',
        z.looseObject({ status: z.string() }),
        { basehead: `${sha}...${head}`, per_page: 1 },
      )
      return status === 'ahead' || status === 'identical'
    },
  }
}

/** The same with writes. None of them moves a branch, and each is harmless if it arrives twice. */
export function createGitWriter(github: GithubClient, repository: string, call: WriteCall) {
  const git = createGitData(github, repository, call.signal)
  const parameters = repositoryParameters(repository)
  const write = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.write(route, schema, call, { ...parameters, ...more })

  return {
    ...git,
    /** Creates a commit that is on no branch yet. Every attempt of a step creates the identical commit. */
    createCommit({ message, tree, parent, account }: NewCommit): Promise<GitCommit> {
      const person = { ...identityOf(account), date: call.startedAt.toISOString() }
      return write(`POST ${GIT}/commits`, GitCommit, {
        message,
        tree,
        parents: [parent],
        author: person,
        committer: person,
      })
    },
    /** Creates a branch, and returns whether it is at that commit. An existing branch at another commit is left alone. */
    async createBranch(branch: string, sha: string): Promise<boolean> {
      const create = async () => {
        try {
          await write(`POST ${GIT}/refs`, Reference, { ref: `refs/heads/${branch}`, sha })
          return true
        } catch (error) {
          if (!isRefusal(error)) throw error
          const present = await git.branchAt(branch).catch(unlessMissing)
          if (present === undefined) throw error
          return present === sha
        }
      }
      // GitHub also refuses a branch at a commit that it does not find yet.
      return awaitReplication(create, call.signal, isRefusal)
    },
    /** Deletes a branch that is at that commit. */
    async deleteBranchAt(branch: string, sha: string): Promise<void> {
      if ((await git.branchAt(branch)) !== sha) return
      await write(`DELETE ${GIT}/refs/{ref}`, z.unknown(), { ref: `heads/${branch}` })
    },
    /** Merges a commit into a branch; undefined if there was nothing to merge. Throws `conflict`. */
    merge: (branch: string, head: string) =>
      awaitReplication(
        () => write('POST /repos/{owner}/{repo}/merges', Merge, { base: branch, head }),
        call.signal,
      ),
  }
}
export type GitWriter = ReturnType<typeof createGitWriter>

function identityOf({ login, id }: Account) {
  const user = id === null ? login : `${id}+${login}`
  return { name: login, email: `${user}@users.noreply.github.com` }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === 'UPSTREAM_REFUSED'
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof ExpectedError && error.kind === 'missing') return undefined
  throw error
}
