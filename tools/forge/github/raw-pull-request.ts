import { z } from 'zod'
import { Actor } from './account.ts'

const Side = z.looseObject({
  ref: z.string(),
  sha: z.string(),
  // Null where a fork was deleted.
  repo: z.looseObject({ full_name: z.string() }).nullish(),
})

/** What Syntra reads of a pull request. */
export const RawPullRequest = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  /** Who opened it. */
  user: Actor,
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  head: Side,
  base: Side,
})
export type RawPullRequest = z.infer<typeof RawPullRequest>

/** Whether it was merged; lists have only `merged_at`. */
export function isMerged({ merged, merged_at }: RawPullRequest): boolean {
  return merged === true || Boolean(merged_at)
}
