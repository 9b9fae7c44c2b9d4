import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readRef } from '../git/read-refs.ts'
import type { GithubContext } from '../github-context.ts'
import { notFound } from '../http/github-error.ts'
import { readBody } from '../http/read-body.ts'
import { pushRejection } from '../protection/find-unmet-requirement.ts'
import type { Protection, RepositoryState } from '../store/repository-state.ts'

type BranchParams = { Params: { branch: string } }

const NewProtection = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean().default(false),
      contexts: z.array(z.string()).default([]),
      checks: z.array(z.object({ context: z.string() })).default([]),
    })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.number().int().min(0).max(6).default(1),
      dismiss_stale_reviews: z.boolean().default(false),
    })
    .nullable(),
  restrictions: z.unknown(),
})

/**
 * Serves branch protection: required reviews and checks. It applies to every login, because there are no
 * administrators.
 */
export function protectionRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<BranchParams>('/branches/:branch/protection', async request => {
    const { directory, state } = context.open(request)
    const { branch } = request.params
    if ((await readRef(directory, `refs/heads/${branch}`)) === null) throw notFound('Branch not found')
    const protection = state.protections[branch]
    if (!protection) throw notFound('Branch not protected')
    return render(protection, `${context.urlOf({ directory, state })}/branches/${branch}/protection`)
  })

  app.put<BranchParams>('/branches/:branch/protection', request =>
    context.change(request, async ({ directory, draft, repoUrl }) => {
      const { branch } = request.params
      const body = readBody(NewProtection, request.body, 'Protection')
      if ((await readRef(directory, `refs/heads/${branch}`)) === null) throw notFound('Branch not found')
      const checks = body.required_status_checks
      const reviews = body.required_pull_request_reviews
      const protection: Protection = {
        requiredChecks: checks && [
          ...new Set([...checks.contexts, ...checks.checks.map(({ context }) => context)]),
        ],
        isStrict: checks?.strict ?? false,
        requiredReviews: reviews?.required_approving_review_count ?? null,
        dismissStaleReviews: reviews?.dismiss_stale_reviews ?? false,
        enforceAdmins: body.enforce_admins ?? false,
      }
      draft.protections[branch] = protection
      await guardPushes(directory, draft)
      return render(protection, `${repoUrl}/branches/${branch}/protection`)
    }),
  )

  app.delete<BranchParams>('/branches/:branch/protection', async (request, reply) => {
    await context.change(request, async ({ directory, draft }) => {
      if (!draft.protections[request.params.branch]) throw notFound('Branch not protected')
      delete draft.protections[request.params.branch]
      await guardPushes(directory, draft)
    })
    return reply.status(204).send()
  })

  // Rulesets are GitHub's newer form; none exist here.
  app.get('/rules/branches/:branch', request => {
    context.open(request)
    return []
  })
}

const UPDATE_HOOK = `#!/bin/sh
grep -qxF -e "$1" protected-refs || exit 0
echo "GH006: Protected branch update failed for $1." >&2
echo "Changes must be made through a pull request." >&2
exit 1
`

// Git itself rejects a push over HTTP: its update hook reads the list of protected refs.
async function guardPushes(directory: string, state: RepositoryState): Promise<void> {
  const guarded = Object.keys(state.protections).filter(branch => pushRejection(state, branch) !== null)
  await writeFile(join(directory, 'protected-refs'), guarded.map(branch => `refs/heads/${branch}\n`).join(''))
  await writeFile(join(directory, 'hooks/update'), UPDATE_HOOK, { mode: 0o755 })
}

function render(protection: Protection, url: string) {
  return {
    url,
    ...(protection.requiredChecks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: protection.isStrict,
        contexts: protection.requiredChecks,
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: protection.requiredChecks.map(context => ({ context, app_id: null })),
      },
    }),
    ...(protection.requiredReviews !== null && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: protection.dismissStaleReviews,
        require_code_owner_reviews: false,
        required_approving_review_count: protection.requiredReviews,
      },
    }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
  }
}
