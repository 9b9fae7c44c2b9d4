import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { createGitData } from './git-data.ts'
import { Ref, Repository, Sha } from './repository.ts'

/** What `forge_contains_commit` gives. */
export const ContainsCommit = z.object({ contains: z.boolean() })
export type ContainsCommit = z.infer<typeof ContainsCommit>

export const containsCommit = defineTool({
  name: 'forge_contains_commit',
  description: 'Tells whether a commit is an ancestor of another commit or branch, or that commit itself.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, sha: Sha, head: Ref }),
  async run({ repo, sha, head }, { github }, signal): Promise<ContainsCommit> {
    return { contains: await createGitData(github, repo, signal).isAncestor(sha, head) }
  },
})
