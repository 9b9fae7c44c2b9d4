import { generate } from 'selfsigned'

const YEAR_MS = 365 * 86_400_000
const HOUR_MS = 3_600_000

/**
 * Creates a key and a certificate for loopback addresses, valid for a year: kubectl sends tokens over TLS only, and the
 * API server asks a kubelet over TLS only. The certificate is its own authority, so that a kubeconfig can name it as certificate-authority-data.
 */
export async function createSelfSignedCertificate(
  name: string,
  now = new Date(),
): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - HOUR_MS),
    notAfterDate: new Date(now.getTime() + YEAR_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}
