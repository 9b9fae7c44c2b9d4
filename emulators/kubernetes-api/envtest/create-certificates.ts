import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

const DAY_MS = 86_400_000

/** The users of a control plane; the certificate's organisation is the group. */
const USERS = {
  admin: { group: 'system:masters', user: 'kubernetes-admin' },
  'controller-manager': { user: 'system:kube-controller-manager' },
  scheduler: { user: 'system:kube-scheduler' },
  'kubelet-client': { group: 'system:masters', user: 'kube-apiserver-kubelet-client' },
} satisfies Record<string, { user: string; group?: string }>
type UserName = keyof typeof USERS

/**
 * Writes the keys and certificates of a control plane on 127.0.0.1 into a folder: an authority of its own (`ca`), the
 * API server's certificate, one for each user, and the keys that sign service account tokens (`sa`). Valid for a day.
 */
export async function createCertificates(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return text
  }
  const validity = {
    keyType: 'ec' as const,
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + DAY_MS),
  }
  const authority = await generate([{ name: 'commonName', value: 'envtest-ca' }], {
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  await write('ca.key', ca.key)
  await write('ca.crt', ca.cert)

  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...validity,
    ca,
    extensions: [
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map(value => ({
            type: 2 as const,
            value,
          })),
        ],
      },
    ],
  })
  await write('apiserver.key', server.private)
  await write('apiserver.crt', server.cert)

  const users = {} as Record<UserName, { key: string; cert: string }>
  for (const [name, identity] of Object.entries(USERS) as [UserName, { user: string; group?: string }][]) {
    const { private: key, cert } = await generate(
      [
        ...(identity.group ? [{ name: 'organizationName', value: identity.group }] : []),
        { name: 'commonName', value: identity.user },
      ],
      { ...validity, ca, extensions: [{ name: 'extKeyUsage', clientAuth: true }] },
    )
    users[name] = { key: await write(`${name}.key`, key), cert: await write(`${name}.crt`, cert) }
  }

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await write('sa.key', String(privateKey.export({ type: 'sec1', format: 'pem' })))
  await write('sa.pub', String(publicKey.export({ type: 'spki', format: 'pem' })))
  return { ca: ca.cert, users }
}
export type Certificates = Awaited<ReturnType<typeof createCertificates>>
