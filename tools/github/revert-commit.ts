import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { GithubClient } from './github-client.ts'
import { repositoryParameters } from './repository.ts'
import { actionTrailer, revertBranch } from './revert-branch.ts'

type Wanted = { repo: string; branch: string; sha: string; actionId: string }

const WithSha = z.looseObject({ sha: z.string() })
const Ref = z.looseObject({ object: WithSha })
const GitCommit = z.looseObject({
  sha: z.string(),
  message: z.string(),
  tree: WithSha,
  parents: z.array(WithSha),
})
const GIT = '/repos/{owner}/{repo}/git'

/**
 * Reverts a commit onto a branch of its own with Git data calls, and gives the new commit and its title. A commit T with the
 * tree before C and the parent C is merged into a temporary branch at the head H: the base of that merge is C, so the
 * merged tree is the reverted one. Throws `conflict` REVERT_CONFLICT, NOTHING_TO_REVERT, COMMIT_NOT_ON_BRANCH or ROOT_COMMIT.
 */
export async function revertCommit(github: GithubClient, wanted: Wanted, signal: AbortSignal) {
  const parameters = repositoryParameters(wanted.repo)
  const read = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.read(`GET ${route}`, schema, signal, { ...parameters, ...more })
  const write = <S extends z.ZodType>(route: string, schema: S, more: object) =>
    github.write(route, schema, signal, { ...parameters, ...more })
  const commitAt = (commit_sha: string) => read(`${GIT}/commits/{commit_sha}`, GitCommit, { commit_sha })
  const commit = (message: string, tree: string, parent: string) =>
    write(`POST ${GIT}/commits`, GitCommit, { message, tree, parents: [parent] })

  async function pointBranch(name: string, sha: string): Promise<void> {
    const isThere = await read(`${GIT}/ref/{ref}`, Ref, { ref: `heads/${name}` }).then(
      () => true,
      unlessMissing,
    )
    if (isThere) await write(`PATCH ${GIT}/refs/{ref}`, Ref, { ref: `heads/${name}`, sha, force: true })
    else await write(`POST ${GIT}/refs`, Ref, { ref: `refs/heads/${name}`, sha })
  }

  async function mergedTree(head: string, inverse: string, scratch: string): Promise<string> {
    await pointBranch(scratch, head)
    try {
      const merge = await write('POST /repos/{owner}/{repo}/merges', MergeAnswer, {
        base: scratch,
        head: inverse,
        commit_message: 'Syntra: work out a revert',
      }).catch(conflictOf(wanted))
      return (await commitAt(merge?.sha ?? head)).tree.sha
    } finally {
      await write(`DELETE ${GIT}/refs/{ref}`, z.unknown(), { ref: `heads/${scratch}` })
    }
  }

  const head = (await read(`${GIT}/ref/{ref}`, Ref, { ref: `heads/${wanted.branch}` })).object.sha
  const original = await commitAt(wanted.sha)
  const parent = original.parents[0]
  if (!parent)
    throw new ExpectedError('conflict', 'ROOT_COMMIT', `${wanted.sha} has no parent to go back to.`)
  await refuseForeign(read, wanted, head)
  const inverse = await commit(`Inverse of ${wanted.sha}`, (await commitAt(parent.sha)).tree.sha, wanted.sha)
  const name = revertBranch(wanted.sha, wanted.actionId)
  const tree = await mergedTree(head, inverse.sha, `${name}-scratch`)
  if (tree === (await commitAt(head)).tree.sha)
    throw new ExpectedError(
      'conflict',
      'NOTHING_TO_REVERT',
      `${wanted.branch} has nothing of ${wanted.sha} left.`,
    )
  const title = `Revert "${original.message.split('\n')[0]?.slice(0, 150)}"`
  const message = `${title}\n\nThis reverts commit ${wanted.sha}.\n\n${actionTrailer(wanted.actionId)}`
  const revert = await commit(message, tree, head)
  await pointBranch(name, revert.sha)
  return { sha: revert.sha, title }
}

// An empty answer (204) means that there was nothing to merge.
const MergeAnswer = z
  .union([WithSha, z.literal(''), z.undefined()])
  .transform(answer => (typeof answer === 'object' ? answer : undefined))

type Read = <S extends z.ZodType>(route: string, schema: S, more: object) => Promise<z.infer<S>>

async function refuseForeign(read: Read, { sha, branch }: Wanted, head: string): Promise<void> {
  const { status } = await read(
    '/repos/{owner}/{repo}/compare/{basehead}',
    z.looseObject({ status: z.string() }),
    {
      basehead: `${sha}...${head}`,
      per_page: 1,
    },
  )
  if (status === 'ahead' || status === 'identical') return
  throw new ExpectedError('conflict', 'COMMIT_NOT_ON_BRANCH', `Commit ${sha} is not on ${branch}.`)
}

function conflictOf({ sha, branch }: Wanted) {
  return (error: unknown): never => {
    if (!(error instanceof ExpectedError) || error.kind !== 'conflict') throw error
    const says = `${sha} can not be reverted on ${branch} without a conflict: a person has to do it.`
    throw new ExpectedError('conflict', 'REVERT_CONFLICT', says, { cause: error })
  }
}

function unlessMissing(error: unknown): false {
  if (error instanceof ExpectedError && error.kind === 'missing') return false
  throw error
}
