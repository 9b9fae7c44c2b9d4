import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { Ref, Repository, Sha } from './repository.ts'

export const containsCommit = defineTool({
  name: 'forge_contains_commit',
  description: 'Checks whether a commit is an ancestor of another commit or branch, or that commit itself.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, sha: Sha, head: Ref }),
  run: (range, { forge }, signal) => forge.containsCommit(range, signal),
})
