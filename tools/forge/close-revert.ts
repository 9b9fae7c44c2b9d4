import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { Repository, Sha } from './repository.ts'

export const closeRevert = defineTool({
  name: 'forge_close_revert',
  description:
    'Closes the pull request that an action opened to revert a commit, and adds the reason to its description.',
  effect: 'write',
  risk: 'R1',
  isNotification: true,
  input: z.strictObject({
    repo: Repository,
    /** The result of `forge_open_revert`. */
    number: z.number().int().min(1),
    branch: z.string().regex(/^syntra\/revert-[\w-]+$/, 'expected a branch of a revert'),
    sha: Sha,
    comment: z.string().min(1).max(2_000).optional(),
    actionId: ActionId,
  }),
  run: (revert, { forge }, call) => forge.closeRevert.run(revert, call),
  findEffect: (revert, { forge }, call) => forge.closeRevert.findEffect(revert, call),
})
