/** The proxies of a network, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY give them. */
export type Proxies = { https?: string; http?: string; except?: string }

/** How one system is reached. A certificate or key is PEM, or the path of a file with it, which is read again when it changes. */
export type Connection = {
  /** With its path prefix, if any; `user:password@` in it is sent as basic authentication. */
  url: string
  /** Sent as a Bearer token. */
  token?: string
  /** The path of a file with the token, for tokens that are renewed. */
  tokenFile?: string
  /** Sent with every request. */
  headers?: Record<string, string>
  /** The authorities to trust, in place of the public ones. */
  ca?: string
  clientCertificate?: string
  /** May be left out if `clientCertificate` contains the key as well. */
  clientKey?: string
  proxies?: Proxies
  timeoutMs?: number
}

/** Where a person sets what: named in error messages. */
export type SettingNames = {
  url: string
  /** Absent where there are none. */
  credentials?: string
  /** Who the credentials are of, where that has a name of its own. */
  account?: string
  ca: string
  clientCertificate: string
  /** Where the proxy is set, if not in HTTPS_PROXY and HTTP_PROXY. */
  proxy?: string
}

/** The names of the settings of a system that is reached by `<prefix>_URL`. */
export function settingNames(prefix: string): SettingNames {
  return {
    url: `${prefix}_URL`,
    credentials: `${prefix}_TOKEN or ${prefix}_HEADERS`,
    ca: `${prefix}_CA`,
    clientCertificate: `${prefix}_CLIENT_CERT`,
  }
}
