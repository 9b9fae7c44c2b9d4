import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { WriteCall } from '../../write-call.ts'
import type { GithubClient } from './github-client.ts'
import { repositoryParameters } from './repository-parameters.ts'

const WithSha = z.looseObject({ sha: z.string() })
const Reference = z.looseObject({ object: WithSha })
const GitCommit = z.looseObject({
  sha: z.string(),
  message: z.string(),
  tree: WithSha,
  parents: z.array(WithSha),
})
// An empty answer (204) means that there was nothing to merge.
const Merge = z
  .union([WithSha, z.literal(''), z.undefined()])
  .transform(answer => (typeof answer === 'object' ? answer : undefined))
const GIT = '/repos/{owner}/{repo}/git'

/** Git without a clone: reads commits and branches of one repository through GitHub's Git data calls. */
export function createGitData(github: GithubClient, repository: string, signal: AbortSignal) {
  const parameters = repositoryParameters(repository)
  const read = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.read(`GET ${route}`, schema, signal, { ...parameters, ...more })
  const branchAt = async (branch: string) =>
    (await read(`${GIT}/ref/{ref}`, Reference, { ref: `heads/${branch}` })).object.sha

  return {
    /** The commit that a branch points at. */
    branchAt,
    commitAt: (commit_sha: string) => read(`${GIT}/commits/{commit_sha}`, GitCommit, { commit_sha }),
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

/** The same with the writes. */
export function createGitWriter(github: GithubClient, repository: string, call: WriteCall) {
  const git = createGitData(github, repository, call.signal)
  const parameters = repositoryParameters(repository)
  const write = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.write(route, schema, call, { ...parameters, ...more })

  return {
    ...git,
    /** Creates a commit that is on no branch yet. */
    createCommit: (message: string, tree: string, parent: string) =>
      write(`POST ${GIT}/commits`, GitCommit, { message, tree, parents: [parent] }),
    /** Creates a branch, or moves it wherever it was. */
    async pointBranch(branch: string, sha: string): Promise<void> {
      const isThere = await git.branchAt(branch).then(() => true, unlessMissing)
      if (isThere)
        await write(`PATCH ${GIT}/refs/{ref}`, Reference, { ref: `heads/${branch}`, sha, force: true })
      else await write(`POST ${GIT}/refs`, Reference, { ref: `refs/heads/${branch}`, sha })
    },
    deleteBranch: (branch: string) =>
      write(`DELETE ${GIT}/refs/{ref}`, z.unknown(), { ref: `heads/${branch}` }),
    /** Merges a commit into a branch; undefined if there was nothing to merge. Throws `conflict`. */
    merge: (branch: string, head: string) =>
      write('POST /repos/{owner}/{repo}/merges', Merge, { base: branch, head }),
  }
}
export type GitWriter = ReturnType<typeof createGitWriter>

function unlessMissing(error: unknown): false {
  if (error instanceof ExpectedError && error.kind === 'missing') return false
  throw error
}
