import { BlockList, isIP } from 'node:net'
import type { Proxies } from './connection.ts'

/**
 * The address of the proxy that leads to a URL, or undefined where it is reached directly. The rules are those of kubectl and of Prometheus
 * (golang.org/x/net/http/httpproxy), because people set these variables once for all of their tools: `NO_PROXY` lists hosts, domains with
 * everything below them, addresses, CIDR ranges, each with a port or without, or `*`; loopback addresses never go through a proxy.
 */
export function chooseProxy(url: string, { https, http, except = '' }: Proxies): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  const proxy = protocol === 'https:' ? https : http
  if (proxy === undefined || proxy === '') return undefined
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isLoopback(host)) return undefined
  const portOfUrl = port || (protocol === 'https:' ? '443' : '80')
  const exceptions = except.split(',').map(entry => entry.trim().toLowerCase())
  if (exceptions.some(entry => entry !== '' && matches(entry, host, portOfUrl))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || (isIP(host) !== 0 && rangeOf('127.0.0.0/8', '::1/128').check(host, family(host)))
  )
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isIP(host) !== 0 && isInRange(entry, host)
  const [, name = entry, entryPort] = /^(.*?):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return bare === host
  // `.example.com` means only what is below the domain, `example.com` the domain as well.
  const domain = bare.replace(/^\*?\./, '')
  return host.endsWith(`.${domain}`) || (host === domain && domain === bare)
}

function isInRange(range: string, host: string): boolean {
  try {
    return rangeOf(range).check(host, family(host))
  } catch {
    // Not a range, such as `10.0.0.0/99`.
    return false
  }
}

function rangeOf(...ranges: string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    list.addSubnet(address, Number(bits), family(address))
  }
  return list
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
