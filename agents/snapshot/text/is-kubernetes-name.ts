/** Whether a value is a Kubernetes name (RFC 1123 label or subdomain), so that it may stand in a query. */
export function isKubernetesName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value)
}
