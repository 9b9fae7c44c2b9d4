import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAnsweringServer } from '../testing/answering-server.ts'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type Issued,
} from '../testing/certificate-authority.ts'
import { startProxy } from '../testing/start-proxy.ts'
import { readSystem, SYSTEMS } from '../testing/system-reads.ts'
import type { Connection } from './connection.ts'

const HOST = 'systems.corp.test'
let company: CertificateAuthority
let certificate: Issued
beforeAll(async () => {
  company = await createCertificateAuthority('Corp Root CA')
  certificate = await company.issue([HOST])
})

const opened: { close: () => Promise<void> }[] = []
afterAll(() => Promise.all(opened.map(thing => thing.close())))
const open = <T extends { close: () => Promise<void> }>(thing: T) => {
  opened.push(thing)
  return thing
}

describe.each(SYSTEMS)('$system', ({ system, path, ...given }) => {
  const read = (connection: Connection) => readSystem({ system, path, ...given }, connection)
  const serve = async (tls?: object) => open(await createAnsweringServer(() => ({ body: given.answer }), tls))
  const serveSecurely = (tls: object = {}) => serve({ ...certificate, ...tls })
  const proxyTo = async (port: number, credentials?: string) =>
    open(await startProxy({ hosts: { [HOST]: port }, credentials }))

  it('is reached through the proxy of the network, by a name that only the proxy can resolve', async () => {
    const server = await serveSecurely()
    const proxy = await proxyTo(server.port, 'syntra:s3cr3t-pw')
    const url = `https://${HOST}:8443`
    const connection = { url, ca: company.ca, proxies: { https: proxy.url } }
    await read(connection)
    expect(proxy.seen).toEqual([`CONNECT ${HOST}:8443`])
    expect(server.asked[0]?.path).toMatch(new RegExp(`^${path}`))
    expect(server.asked[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('is forwarded by the proxy if its address is http://', async () => {
    const server = await serve()
    const proxy = await proxyTo(server.port)
    await read({ url: `http://${HOST}:8080`, proxies: { http: proxy.url } })
    expect(proxy.seen[0]).toContain(`GET http://${HOST}:8080${path}`)
  })

  it('is reached directly if NO_PROXY names it, and then the reason is that of the network', async () => {
    const proxy = await proxyTo(1)
    const connection = { url: `https://${HOST}`, proxies: { https: proxy.url, except: '.corp.test' } }
    await expect(read(connection)).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringMatching(
        new RegExp(`^${system} cannot be reached at https://${HOST}: the name ${HOST} does not resolve \\(E`),
      ),
    })
    expect(proxy.seen).toEqual([])
  })

  it('names the proxy that asks for credentials, without those it was given', async () => {
    const server = await serveSecurely()
    const proxy = await proxyTo(server.port, 'syntra:s3cr3t-pw')
    const wrong = proxy.url.replace('s3cr3t-pw', 'wr0ng-pw')
    const failure = await read({ url: `https://${HOST}`, proxies: { https: wrong } }).catch(error => error)
    expect(failure).toMatchObject({
      code: 'PROXY_REFUSED',
      message: `${system} cannot be reached at https://${HOST} through the proxy http://${proxy.host}: the proxy answered 407. Add user:password@ to the address of the proxy in HTTPS_PROXY and HTTP_PROXY.`,
    })
    expect(proxy.seen).toHaveLength(1)
  })

  it('names the proxy that does not let it through, and the one that is not there', async () => {
    const proxy = await proxyTo(1)
    await expect(read({ url: 'https://other.test', proxies: { https: proxy.url } })).rejects.toThrow(
      'the proxy answered 403. Allow other.test in the proxy, or add it to NO_PROXY.',
    )
    await proxy.close()
    await expect(read({ url: 'https://other.test', proxies: { https: proxy.url } })).rejects.toThrow(
      `${system} cannot be reached at https://other.test through the proxy http://${proxy.host}: ECONNREFUSED ${proxy.host}. Check HTTPS_PROXY and HTTP_PROXY, or add other.test to NO_PROXY.`,
    )
  })

  it('is trusted by the authority of the connection only', async () => {
    const server = await serveSecurely()
    const proxy = await proxyTo(server.port)
    const url = `https://${HOST}`
    const proxies = { https: proxy.url }
    const other = await createCertificateAuthority('Another CA')
    for (const ca of [undefined, other.ca])
      await expect(read({ url, proxies, ca })).rejects.toMatchObject({
        kind: 'unavailable',
        code: 'UPSTREAM_UNTRUSTED',
        message: expect.stringMatching(
          /: (unable to verify the first certificate|unable to get local issuer certificate)\. Set .* to the certificate of the authority that signed it, in PEM\.$/,
        ),
      })
    expect(proxy.seen).toHaveLength(2)
  })

  it('is not trusted with a self-signed or expired certificate, or one of another name', async () => {
    const [expired, other, self] = await Promise.all([
      company.issue([HOST], -2),
      company.issue(['other.corp.test']),
      createCertificateAuthority(HOST),
    ])
    const failureWith = async (tls: object, ca?: string) => {
      const server = await serveSecurely(tls)
      const proxy = await proxyTo(server.port)
      const connection = { url: `https://${HOST}`, ca, proxies: { https: proxy.url } }
      return read(connection).catch((error: Error) => error.message)
    }
    expect(await failureWith({ ...self.self })).toContain(': self-signed certificate. Set ')
    expect(await failureWith(expired, company.ca)).toMatch(
      /: certificate has expired\. Renew the certificate/,
    )
    expect(await failureWith(other, company.ca)).toMatch(
      /Host: systems\.corp\.test\. is not in the cert's altnames: DNS:other\.corp\.test .*Use a name in/,
    )
  })

  it('is shown a client certificate', async () => {
    const client = await company.issue(['syntra'])
    const server = await serveSecurely({ ca: company.ca, requestCert: true, rejectUnauthorized: true })
    const proxy = await proxyTo(server.port)
    const connection = { url: `https://${HOST}`, ca: company.ca, proxies: { https: proxy.url } }
    await read({ ...connection, clientCertificate: client.cert, clientKey: client.key })
    expect(server.asked).toHaveLength(1)
    await expect(read(connection)).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be reached .*(certificate required|ECONNRESET|closed)/i),
    })
  })

  it('is reached below a path prefix', async () => {
    const server = await serve()
    await read({ url: `${server.url}/systems/one`, token: 't' })
    expect(server.asked[0]?.path).toMatch(new RegExp(`^/systems/one${path}`))
    await read({ url: `${server.url}/systems/one/` })
    expect(server.asked[1]?.path).toMatch(new RegExp(`^/systems/one${path}`))
  })
})
