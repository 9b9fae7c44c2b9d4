import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { defineTool } from '../../tool.ts'
import { Ref, Repository, repositoryParameters } from './repository.ts'

/** What `forge_read_branch_rules` gives; `requiredReviews` is null where the token may not see it. */
export const BranchRules = z.object({
  requiredReviews: z.number().nullable(),
  requiredChecks: z.array(z.string()),
  isProtected: z.boolean(),
})
export type BranchRules = z.infer<typeof BranchRules>

const Checks = z.looseObject({ contexts: z.array(z.string()).nullish() }).nullish()
const Branch = z.looseObject({
  protected: z.boolean().nullish(),
  protection: z.looseObject({ required_status_checks: Checks }).nullish(),
})
const Protection = z.looseObject({
  required_status_checks: Checks,
  required_pull_request_reviews: z
    .looseObject({ required_approving_review_count: z.number().nullish() })
    .nullish(),
})
const Rules = z.array(
  z.looseObject({
    type: z.string(),
    parameters: z
      .looseObject({
        required_approving_review_count: z.number().nullish(),
        required_status_checks: z.array(z.looseObject({ context: z.string() })).nullish(),
      })
      .nullish(),
  }),
)

/** Branch protection and rulesets both count; the stricter of the two is told. */
export const readBranchRules = defineTool({
  name: 'forge_read_branch_rules',
  description: 'Tells what a branch demands before a merge: reviews and checks.',
  effect: 'read',
  input: z.strictObject({ repo: Repository, branch: Ref }),
  async run({ repo, branch }, { github }, signal): Promise<BranchRules> {
    const parameters = { ...repositoryParameters(repo), branch }
    const read = <S extends z.ZodType>(path: string, schema: S) =>
      github.read(`GET /repos/{owner}/{repo}/${path}`, schema, signal, parameters)
    const [state, protection, rules] = await Promise.all([
      read('branches/{branch}', Branch),
      orRefusal(read('branches/{branch}/protection', Protection)),
      orRefusal(read('rules/branches/{branch}', Rules)),
    ])
    const known = { ...(isRefusal(protection) ? {} : protection) }
    const ruleset = isRefusal(rules) ? [] : rules
    const reviews = [
      known.required_pull_request_reviews?.required_approving_review_count ?? 0,
      ...ruleset.map(rule => rule.parameters?.required_approving_review_count ?? 0),
    ]
    const isHidden = state.protected === true && protection === 'forbidden'
    return {
      requiredReviews: isHidden && Math.max(...reviews) === 0 ? null : Math.max(...reviews),
      requiredChecks: [
        ...new Set([
          ...(state.protection?.required_status_checks?.contexts ?? []),
          ...(known.required_status_checks?.contexts ?? []),
          ...ruleset.flatMap(rule =>
            (rule.parameters?.required_status_checks ?? []).map(check => check.context),
          ),
        ]),
      ],
      isProtected: state.protected === true || ruleset.length > 0,
    }
  },
})

type ConnectionFailure = 'missing' | 'forbidden'

// No protection is a 404; reading it takes rights that a token may lack.
async function orRefusal<T>(read: Promise<T>): Promise<T | ConnectionFailure> {
  return read.catch((error: unknown) => {
    if (error instanceof ExpectedError && (error.kind === 'missing' || error.kind === 'forbidden'))
      return error.kind
    throw error
  })
}

function isRefusal(answer: unknown): answer is ConnectionFailure {
  return answer === 'missing' || answer === 'forbidden'
}
