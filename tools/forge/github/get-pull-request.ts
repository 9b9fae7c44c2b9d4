import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { Repository, repositoryParameters } from './repository.ts'

const Side = z.object({ ref: z.string(), sha: z.string() })

/** What `forge_get_pull_request` gives; `mergeable` is null while GitHub does not know yet. */
export const GotPullRequest = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  merged: z.boolean(),
  head: Side,
  base: Side,
  mergeable: z.boolean().nullable(),
  /** The commit by which it came to the base branch; null while it has not. */
  mergeSha: z.string().nullable(),
})
export type GotPullRequest = z.infer<typeof GotPullRequest>

export const getPullRequest = defineTool({
  name: 'forge_get_pull_request',
  description: 'Reads the state of one pull request.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, number: z.number().int().min(1) }),
  async run({ repo, number }, { github }, signal): Promise<GotPullRequest> {
    const raw = await github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, signal, {
      ...repositoryParameters(repo),
      pull_number: number,
    })
    return {
      number: raw.number,
      title: raw.title,
      state: raw.state,
      merged: isMerged(raw),
      head: { ref: raw.head.ref, sha: raw.head.sha },
      base: { ref: raw.base.ref, sha: raw.base.sha },
      mergeable: raw.mergeable ?? null,
      // Of an open one this is only a trial.
      mergeSha: isMerged(raw) ? (raw.merge_commit_sha ?? null) : null,
    }
  },
})
