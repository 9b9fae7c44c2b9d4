import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterEach, expect, it } from 'vitest'
import { createClients } from '../../create-clients.ts'
import { createAnsweringServer, type ReceivedRequest } from '../../testing/answering-server.ts'

type Server = Awaited<ReturnType<typeof createAnsweringServer>>
const open: Server[] = []
afterEach(() => Promise.all(open.splice(0).map(server => server.close())))

// GitHub gives out keys in this form: BEGIN RSA PRIVATE KEY.
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const TOKENS = '/api/v3/app/installations/42/access_tokens'

/** GitHub Enterprise Server, which checks the JWT of the app and gives it a token that lives for so many seconds. */
async function startGithub(secondsToLive: number) {
  let issued = 0
  const jwts: string[] = []
  const server = await createAnsweringServer(({ method, path, headers }: ReceivedRequest) => {
    if (path.split('?')[0] === TOKENS && method === 'POST') {
      jwts.push(headers.authorization?.replace('Bearer ', '') ?? '')
      const expires_at = new Date(Date.now() + secondsToLive * 1000).toISOString()
      return { status: 201, body: { token: `ghs_${++issued}`, expires_at } }
    }
    return path.includes('/access_tokens') ? { status: 404, body: { message: 'Not Found' } } : { body: [] }
  })
  open.push(server)
  return { ...server, jwts }
}

function forgeFor(server: Server, given: Partial<{ installationId: string; privateKey: string }> = {}) {
  const app = { appId: '7', installationId: '42', privateKey, ...given }
  const { forge } = createClients({ github: { url: `${server.url}/api/v3`, app } })
  return () =>
    forge.listCommits(
      { repo: `127.0.0.1:${server.port}/shop/deploy`, branch: 'main' },
      new AbortController().signal,
    )
}

it('signs in as the installation of a GitHub App, with one token for many requests', async () => {
  const github = await startGithub(3_600)
  const list = forgeFor(github)
  await list()
  await list()
  const reads = github.asked.filter(({ method }) => method === 'GET')
  expect(reads.map(({ headers }) => headers.authorization)).toEqual(['Bearer ghs_1', 'Bearer ghs_1'])
  const { payload } = await jwtVerify(github.jwts[0] ?? '', createPublicKey(privateKey))
  expect(payload.iss).toBe('7')
  // GitHub refuses tokens that live for more than ten minutes.
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(600)
})

it('renews a token before it expires', async () => {
  const github = await startGithub(30)
  const list = forgeFor(github)
  await list()
  await list()
  expect(github.asked.at(-1)?.headers.authorization).toBe('Bearer ghs_2')
})

it('says which setting is wrong', async () => {
  const github = await startGithub(3_600)
  await expect(forgeFor(github, { installationId: '43' })()).rejects.toThrow(
    'GitHub answered 404: Not Found. Check GITHUB_APP_INSTALLATION_ID.',
  )
  const failure = await forgeFor(github, {
    privateKey: '-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----',
  })().catch(error => error)
  expect(failure).toMatchObject({ kind: 'unauthenticated', code: 'NO_CREDENTIALS' })
  expect(failure.message).toBe(
    'GITHUB_APP_PRIVATE_KEY cannot be used: expected the RSA private key of the GitHub App in PEM. Download a new one from the settings of the app.',
  )
})
