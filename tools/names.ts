import { z } from 'zod'

/** A Kubernetes object's name: an RFC 1123 subdomain. */
export const ObjectName = z
  .string()
  .max(253, 'expected at most 253 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'expected a DNS-1123 name: lower-case letters, digits, "-" and "."',
  )

/** A namespace or container: an RFC 1123 label. */
export const LabelName = z
  .string()
  .max(63, 'expected at most 63 characters')
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'expected a DNS-1123 label: lower-case letters, digits and "-"')

/** The id under which an action finds its own effect again. */
export const ActionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'expected 1 to 63 letters, digits, ".", "_" or "-"')

/** An instant, ISO 8601 with its zone. */
export const Instant = z.iso.datetime({
  offset: true,
  error: 'expected an ISO 8601 time such as 2026-02-24T10:00:00Z',
})
