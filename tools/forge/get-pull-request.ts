import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { Repository } from './repository.ts'

export const getPullRequest = defineTool({
  name: 'forge_get_pull_request',
  description: 'Reads the state of one pull request.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, number: z.number().int().min(1) }),
  run: (pull, { forge }, signal) => forge.getPullRequest(pull, signal),
})
