import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { Ref, Repository, Sha } from './repository.ts'

export const openRevert = defineTool({
  name: 'forge_open_revert',
  description: 'Opens a pull request that reverts one commit; a conflict is handed off to a person.',
  effect: 'write',
  // Nothing changes until it is merged.
  risk: 'R1',
  isNotification: true,
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    sha: Sha,
    /** Markdown for the pull request: why, with the evidence. */
    body: z.string().max(60_000).optional(),
    actionId: ActionId,
  }),
  run: (revert, { forge }, call) => forge.openRevert.run(revert, call),
  findEffect: (revert, { forge }, call) => forge.openRevert.findEffect(revert, call),
})
