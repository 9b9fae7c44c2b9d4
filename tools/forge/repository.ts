import { z } from 'zod'

/** A repository with its host, as `formatRepository` writes it. The path may have any number of parts. */
export const Repository = z
  .string()
  .max(800)
  .regex(
    /^(?:[a-z\d][a-z\d._-]*|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/(?!\.{1,2}(?:\/|$))[\w.~%@+-]+)+$/,
    'expected a repository as host/owner/name, such as github.com/goalixa/deploy',
  )

/** A commit's full id. */
export const Sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'expected a full commit id in hex')

/** A branch, tag or commit. */
export const Ref = z
  .string()
  .regex(
    /^(?!.*(\.\.|@\{|\/\/))[\w][\w./@#+-]{0,199}$/,
    'expected the name of a branch or tag, or a commit id',
  )
