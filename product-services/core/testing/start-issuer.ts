import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const ISSUER = 'https://auth.test'

/** Starts a token issuer with a key set on loopback, for tests. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The issuer did not get a TCP port.')

  return {
    jwksUrl: `http://127.0.0.1:${address.port}/`,
    /** Issues a token; `at` is in milliseconds since 1970. */
    token: (sub: string, { audience = 'goalixa', at = Date.now() } = {}) =>
      new SignJWT({ sid: sub })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
        .setSubject(sub)
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setIssuedAt(Math.floor(at / 1000))
        .setExpirationTime(Math.floor(at / 1000) + 900)
        .sign(privateKey),
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}
