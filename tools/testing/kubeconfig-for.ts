/** A kubeconfig for an API server with a Bearer token; over HTTPS with the certificate (PEM) to trust. */
export function kubeconfigFor(server: string, token = 'test-token', certificate?: string): string {
  const trust = certificate
    ? { 'certificate-authority-data': Buffer.from(certificate).toString('base64') }
    : {}
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, ...trust } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  })
}
