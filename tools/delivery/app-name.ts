import { z } from 'zod'

const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'

/**
 * The name of an app. One that lives in another namespace than the delivery system is `namespace/name`, as Argo CD's own command line
 * writes it: two apps of one name differ by that only.
 */
export const QualifiedName = z
  .string()
  .max(317, 'expected at most 317 characters')
  .regex(
    new RegExp(`^(${LABEL}/)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`),
    'expected the DNS-1123 name of an app, with its namespace and "/" before it if it is in another namespace than Argo CD',
  )

/** The input of a read of one app. */
export const AppName = z.strictObject({ name: QualifiedName })
