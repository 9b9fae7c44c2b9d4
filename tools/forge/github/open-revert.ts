import { z } from 'zod'
import { ActionId } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import { findRevert } from './find-revert.ts'
import { RawPullRequest } from './raw-pull-request.ts'
import { Ref, Repository, repositoryParameters, Sha } from './repository.ts'
import { revertBranch } from './revert-branch.ts'
import { revertCommit } from './revert-commit.ts'

export const openRevert = defineTool({
  name: 'forge_open_revert',
  description: 'Opens a pull request that takes one commit back; a conflict is handed to a person.',
  effect: 'write',
  // Nothing changes until somebody merges it.
  risk: 'R1',
  onlyTells: true,
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    sha: Sha,
    /** Markdown for the pull request: why, with the evidence. */
    body: z.string().max(60_000).optional(),
    actionId: ActionId,
  }),
  async run({ body, ...wanted }, { github }, signal) {
    const parameters = repositoryParameters(wanted.repo)
    const head = revertBranch(wanted.sha, wanted.actionId)
    const { sha, title } = await revertCommit(github, wanted, signal)
    const pull = await github.write('POST /repos/{owner}/{repo}/pulls', RawPullRequest, signal, {
      ...parameters,
      title,
      head,
      base: wanted.branch,
      body: body ?? `This reverts commit ${wanted.sha}.`,
    })
    return { number: pull.number, branch: head, sha }
  },
  async isDone({ body: _, ...wanted }, { github }, signal) {
    const pull = await findRevert(github, wanted, signal)
    return pull && { number: pull.number, branch: pull.head.ref, sha: pull.head.sha }
  },
})
