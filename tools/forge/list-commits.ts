import { z } from 'zod'
import { Instant } from '../names.ts'
import { defineTool } from '../tool.ts'
import { Ref, Repository } from './repository.ts'

export const listCommits = defineTool({
  name: 'forge_list_commits',
  description:
    'Lists the last commits of a branch, newest first, limited to a path or a start time if given.',
  effect: 'read',
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    path: z.string().min(1).max(500).optional(),
    since: Instant.optional(),
  }),
  run: (filter, { forge }, signal) => forge.listCommits(filter, signal),
})
