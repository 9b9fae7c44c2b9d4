import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { Ref, Repository } from './repository.ts'

export const getCommit = defineTool({
  name: 'forge_get_commit',
  description: 'Reads one commit with its changed files.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, sha: Ref }),
  run: (commit, { forge }, signal) => forge.getCommit(commit, signal),
})
