/** Where a repository is: the host as Git clients name it, and its path there, without `.git`. */
export type GitAddress = { host: string; path: string }

/**
 * Parses the address of a Git repository: a URL (`https`, `http`, `ssh`, `git`), or Git's short form for SSH (`git@host:path`). Users and
 * passwords are left out, and the case of the host, slashes at the ends and `.git` make no difference. The port is part of the host only in
 * web addresses, where it is not the usual one: that of SSH does not tell servers of one host apart. Null for anything else, such as a
 * local path or the address of a chart in a registry.
 */
export function parseGitAddress(address: string): GitAddress | null {
  const text = address.trim()
  return text.includes('://') ? parseUrl(text) : parseShortForm(text)
}

/** The repository as tools name it: `github.com/goalixa/deploy`. */
export function formatRepository({ host, path }: GitAddress): string {
  return `${host}/${path}`
}

/** Splits what `formatRepository` made. */
export function parseRepository(repository: string): GitAddress {
  const slash = repository.indexOf('/')
  return { host: repository.slice(0, slash), path: repository.slice(slash + 1) }
}

/** Forges allow less; a name has to fit into the id of a question. */
const MAX_HOST = 253
const MAX_PATH = 500

const WEB = new Set(['https:', 'http:'])
const OTHER = new Set(['ssh:', 'git:', 'git+ssh:', 'ssh+git:'])

function parseUrl(text: string): GitAddress | null {
  const url = URL.parse(text)
  if (url === null || !(WEB.has(url.protocol) || OTHER.has(url.protocol))) return null
  return addressOf(WEB.has(url.protocol) ? url.host : url.hostname, url.pathname)
}

// As Git does, a colon is taken for that of the short form only where no slash stands before it.
function parseShortForm(text: string): GitAddress | null {
  const match = text.match(/^(?:[^@:/\s]+@)?(\[[\da-f:.]+\]|[^@:/\s[\]]+):(.+)$/i)
  return match?.[1] === undefined || match[2] === undefined ? null : addressOf(match[1], match[2])
}

function addressOf(rawHost: string, rawPath: string): GitAddress | null {
  const host = rawHost.toLowerCase().replace(/\.(?=:\d+$|$)/, '')
  const path = normalizePath(rawPath)
  if (
    !/^(?:[a-z\d][a-z\d._-]*|\[[\da-f:.]+\])(?::\d{1,5})?$/.test(host) ||
    host.length > MAX_HOST ||
    path === null
  )
    return null
  return { host, path }
}

function normalizePath(raw: string): string | null {
  const path = raw
    .replace(/[^\w.~%@+/-]/g, sign => encodeURIComponent(sign.toWellFormed()))
    // Only what may be written either way is decoded; `%2F` is no slash.
    .replace(/%([\da-f]{2})/gi, (code, hex: string) => {
      const sign = String.fromCharCode(Number.parseInt(hex, 16))
      return /[\w.~-]/.test(sign) ? sign : code.toUpperCase()
    })
    .replace(/\/{2,}/g, '/')
    .replace(/^\/|\/$/g, '')
    .replace(/\/?\.git$/, '')
  const isPath = path.length <= MAX_PATH && path.split('/').every(part => !/^\.{0,2}$/.test(part))
  return isPath ? path : null
}
