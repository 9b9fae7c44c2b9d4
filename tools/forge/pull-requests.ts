import { z } from 'zod'

const Side = z.object({ ref: z.string(), sha: z.string() })

/** A pull request; `mergeable` is null while the forge does not know yet. */
export const PullRequest = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  merged: z.boolean(),
  head: Side,
  base: Side,
  mergeable: z.boolean().nullable(),
  /** The commit that brought it to the base branch; null while it is not merged. */
  mergeSha: z.string().nullable(),
})
export type PullRequest = z.infer<typeof PullRequest>

/** What a branch requires before a merge; `requiredReviews` is null where the token may not read it. */
export const BranchRules = z.object({
  requiredReviews: z.number().nullable(),
  requiredChecks: z.array(z.string()),
  isProtected: z.boolean(),
})
export type BranchRules = z.infer<typeof BranchRules>
