import { afterEach, beforeAll, expect, it } from 'vitest'
import { createAnsweringServer, type ReceivedRequest } from '../testing/answering-server.ts'
import { type CertificateAuthority, createCertificateAuthority } from '../testing/certificate-authority.ts'
import { startProxy } from '../testing/start-proxy.ts'
import { settingNames } from './connection.ts'
import { createOutboundFetch } from './create-outbound-fetch.ts'

const HOST = 'models.corp.test'
const NAMES = settingNames('SYNTRA_MODEL')
let company: CertificateAuthority
beforeAll(async () => {
  company = await createCertificateAuthority('Corp Root CA')
})
const open: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(open.splice(0).map(thing => thing.close())))

async function start(answer: (asked: ReceivedRequest) => object) {
  const server = await createAnsweringServer(answer, await company.issue([HOST]))
  const proxy = await startProxy({ hosts: { [HOST]: server.port } })
  open.push(server, proxy)
  return { server, proxies: { https: proxy.url } }
}

it('sends a request through the proxy, with the headers of the connection beside those of the library', async () => {
  const { server, proxies } = await start(() => ({ body: { answer: 42 } }))
  const send = createOutboundFetch(
    'The model',
    { proxies, ca: company.ca, headers: { 'x-team': 'sre' } },
    NAMES,
  )
  const init = { method: 'POST', headers: { 'x-api-key': 'abc' }, body: '{"ask":1}' }
  const response = await send(`https://${HOST}/v1/messages?beta=1`, init)
  expect(await response.json()).toEqual({ answer: 42 })
  expect(server.asked).toMatchObject([
    {
      method: 'POST',
      path: '/v1/messages?beta=1',
      body: '{"ask":1}',
      headers: { 'x-team': 'sre', 'x-api-key': 'abc' },
    },
  ])
})

it('keeps the reason of the lowest layer', async () => {
  const { proxies } = await start(() => ({}))
  const send = createOutboundFetch('The model', { proxies }, NAMES)
  await expect(send(`https://${HOST}/`)).rejects.toMatchObject({
    code: 'UPSTREAM_UNTRUSTED',
    message: expect.stringMatching(
      /^The model cannot be reached at .*: unable to .*certificate\. Set SYNTRA_MODEL_CA to/,
    ),
  })
})

it('recognises a login page', async () => {
  const page = '<html><title>Corp SSO</title></html>'
  const { proxies } = await start(() => ({ body: page, headers: { 'content-type': 'text/html' } }))
  const send = createOutboundFetch('The model', { proxies, ca: company.ca }, NAMES)
  await expect(send(`https://${HOST}/`)).rejects.toMatchObject({ code: 'UPSTREAM_LOGIN_PAGE' })
})

it('rejects with the reason of its caller', async () => {
  const { proxies } = await start(() => 'never' as never)
  const send = createOutboundFetch('The model', { proxies, ca: company.ca }, NAMES)
  const reason = new Error('the person left')
  const stop = new AbortController()
  setImmediate(() => stop.abort(reason))
  await expect(send(`https://${HOST}/`, { signal: stop.signal })).rejects.toBe(reason)
})
