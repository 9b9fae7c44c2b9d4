import { generate } from 'selfsigned'

const DAY_MS = 86_400_000
const EC = { keyType: 'ec', algorithm: 'sha256' } as const

/** A certificate and its key, in PEM. */
export type Issued = { cert: string; key: string }

/** A certificate authority of its own, as a company has one. `ca` is its certificate in PEM. */
export async function createCertificateAuthority(name: string) {
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...EC,
    ...validFor(1),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }

  return {
    ca: ca.cert,
    /** Its own certificate and key, as a server would use them that signed its certificate itself. */
    self: ca,
    /** A certificate for the names; `days` below 0 means that it expired so long ago. */
    async issue(names: string[], days = 1): Promise<Issued> {
      const issued = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
        ...EC,
        ...validFor(days),
        ca,
        extensions: [
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: names.map(value => ({ type: 2 as const, value })) },
        ],
      })
      return { cert: issued.cert, key: issued.private }
    },
  }
}
export type CertificateAuthority = Awaited<ReturnType<typeof createCertificateAuthority>>

function validFor(days: number) {
  const end = Date.now() + days * DAY_MS
  return { notBeforeDate: new Date(Math.min(Date.now(), end) - DAY_MS), notAfterDate: new Date(end) }
}
