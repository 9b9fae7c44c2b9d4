import { ExpectedError } from '@goalixa/chassis/errors'
import type { SettingNames } from './connection.ts'
import { type NetworkReason, networkReason } from './network-reason.ts'

type Target = {
  system: string
  /** The address of the system. */
  url: string
  /** The address of the proxy that leads to it. */
  proxy?: string | undefined
  names: SettingNames
}

/**
 * The failure of a connection, with the reason that the lowest layer gives and what to do: UPSTREAM_UNTRUSTED for a certificate,
 * PROXY_REFUSED for a proxy that opens no tunnel, else UPSTREAM_UNREACHABLE. Paths, passwords and queries of addresses are left out.
 */
export function unreachable({ system, url, proxy, names }: Target, cause: unknown): ExpectedError {
  const reason = networkReason(cause)
  const { code, remedy } = classify(reason, { names, proxy, host: new URL(url).hostname })
  const through = proxy === undefined ? '' : ` through the proxy ${originOf(proxy)}`
  return new ExpectedError(
    'unavailable',
    code,
    `${system} cannot be reached at ${originOf(url)}${through}: ${reason.phrase}. ${remedy}`,
    { cause },
  )
}

type Place = { names: SettingNames; proxy: string | undefined; host: string }

function classify({ code, proxyStatus }: NetworkReason, { names, proxy, host }: Place) {
  if (proxyStatus !== undefined)
    return { code: 'PROXY_REFUSED', remedy: refusedRemedy(proxyStatus, names, host) }
  const remedy = CERTIFICATE_REMEDIES[code]?.(names)
  if (remedy !== undefined) return { code: 'UPSTREAM_UNTRUSTED', remedy }
  if (/^ERR_SSL_.*ALERT/.test(code))
    return {
      code: 'UPSTREAM_UNTRUSTED',
      remedy: `The server refused the connection; check ${names.clientCertificate}.`,
    }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO')
    return {
      code: 'UPSTREAM_UNREACHABLE',
      remedy: `Check whether ${names.url} should begin with http:// instead.`,
    }
  const place = proxy === undefined ? names.url : `${proxySetting(names)}${orException(names, host)}`
  const policy = proxy === undefined ? ', and the network policy between Syntra and the system' : ''
  return { code: 'UPSTREAM_UNREACHABLE', remedy: `Check ${place}${policy}.` }
}

function refusedRemedy(status: number, names: SettingNames, host: string): string {
  if (status === 407) return `Add user:password@ to the address of the proxy in ${proxySetting(names)}.`
  return `Allow ${host} in the proxy${orException(names, 'it')}.`
}

function proxySetting({ proxy = 'HTTPS_PROXY and HTTP_PROXY' }: SettingNames): string {
  return proxy
}

/** NO_PROXY has no effect on a proxy that is set for one system. */
function orException({ proxy }: SettingNames, host: string): string {
  return proxy === undefined ? `, or add ${host} to NO_PROXY` : ''
}

const trust = ({ ca }: SettingNames) =>
  `Set ${ca} to the certificate of the authority that signed it, in PEM.`
const renew = () => 'Renew the certificate of the server, and compare the clocks.'

const CERTIFICATE_REMEDIES: Record<string, (names: SettingNames) => string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_GET_ISSUER_CERT: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  CERT_SIGNATURE_FAILURE: trust,
  CERT_HAS_EXPIRED: renew,
  CERT_NOT_YET_VALID: renew,
  CERT_REVOKED: renew,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ url }) =>
    `Use a name in ${url} that the certificate of the server contains.`,
}

function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
