import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { Ref, Repository } from './repository.ts'

export const readBranchRules = defineTool({
  name: 'forge_read_branch_rules',
  description: 'Reads which reviews and checks a branch demands before a merge.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, branch: Ref }),
  run: (branch, { forge }, signal) => forge.readBranchRules(branch, signal),
})
