import { z } from 'zod'
import { ActionId } from '../names.ts'
import { defineTool } from '../tool.ts'
import { CHECK_SECONDS } from './forge.ts'
import { Ref, Repository, Sha } from './repository.ts'

export const mergeRevert = defineTool({
  name: 'forge_merge_revert',
  description:
    'Waits for the required checks of the revert that the same action opened as a pull request, and merges it.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (CHECK_SECONDS.max + 60) * 1000,
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    sha: Sha,
    /** How long to wait for required checks. */
    withinSeconds: z.number().int().min(1).max(CHECK_SECONDS.max).optional(),
    actionId: ActionId,
  }),
  run: (revert, { forge }, call) => forge.mergeRevert.run(revert, call),
  findEffect: (revert, { forge }, call) => forge.mergeRevert.findEffect(revert, call),
})
