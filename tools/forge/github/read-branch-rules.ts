import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { BranchRules } from '../pull-requests.ts'
import type { GithubClient } from './github-client.ts'
import { repositoryParameters } from './repository-parameters.ts'

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

/** What a branch requires before a merge. Branch protection and rulesets both count; the stricter one is returned. */
export async function readBranchRules(
  github: GithubClient,
  { repo, branch }: { repo: string; branch: string },
  signal: AbortSignal,
): Promise<BranchRules> {
  const parameters = { ...repositoryParameters(repo), branch }
  const read = <S extends z.ZodType>(path: string, schema: S) =>
    github.read(`GET /repos/{owner}/{repo}/${path}`, schema, signal, parameters)
  const [state, protection, rules] = await Promise.all([
    read('branches/{branch}', Branch),
    orDenial(read('branches/{branch}/protection', Protection)),
    orDenial(read('rules/branches/{branch}', Rules)),
  ])
  const known = { ...(isDenial(protection) ? {} : protection) }
  const ruleset = isDenial(rules) ? [] : rules
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
}

type Denial = 'missing' | 'forbidden'

// An unprotected branch answers 404; reading protection needs rights that a token may lack.
async function orDenial<T>(read: Promise<T>): Promise<T | Denial> {
  return read.catch((error: unknown) => {
    if (error instanceof ExpectedError && (error.kind === 'missing' || error.kind === 'forbidden'))
      return error.kind
    throw error
  })
}

function isDenial(answer: unknown): answer is Denial {
  return answer === 'missing' || answer === 'forbidden'
}
