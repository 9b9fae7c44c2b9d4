import { z } from 'zod'

/** A repository as `owner/name`, given on as Octokit's parameters. */
export const Repository = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, 'expected a repository as owner/name')

/** The parameters of a route under `/repos/{owner}/{repo}`. */
export function repositoryParameters(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}

/** A commit's full id. */
export const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'expected a full commit id in hex')

/** A branch, tag or commit. */
export const Ref = z
  .string()
  .regex(
    /^(?!.*(\.\.|@\{|\/\/))[\w][\w./@#+-]{0,199}$/,
    'expected the name of a branch or tag, or a commit id',
  )
