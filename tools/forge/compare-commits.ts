import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { Ref, Repository } from './repository.ts'

export const compareCommits = defineTool({
  name: 'forge_compare_commits',
  description: 'Lists the commits and changed files between two commits of a repository.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, base: Ref, head: Ref }),
  run: (range, { forge }, signal) => forge.compareCommits(range, signal),
})
