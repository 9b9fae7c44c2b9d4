import { z } from 'zod'

/** A repository as `owner/name`. */
export const Repository = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, 'expected a repository as owner/name')

/** A commit's full id. */
export const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'expected a full commit id in hex')

/** A branch, tag or commit. */
export const Ref = z
  .string()
  .regex(
    /^(?!.*(\.\.|@\{|\/\/))[\w][\w./@#+-]{0,199}$/,
    'expected the name of a branch or tag, or a commit id',
  )
