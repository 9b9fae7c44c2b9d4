import { isIPv6 } from 'node:net'

/** Returns the network of an address, for rate limits: /24 of IPv4, /56 of IPv6. One person may control all of it. */
export function networkPrefix(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  if (!isIPv6(mapped)) return mapped.split('.').slice(0, 3).join('.')
  const [head = '', tail = ''] = (mapped.split('%')[0] ?? '').split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail.split(':').filter(Boolean)
  const gap = mapped.includes('::') ? Array<string>(8 - left.length - right.length).fill('0') : []
  const [a, b, c, d = '0'] = [...left, ...gap, ...right].map(group => group.padStart(4, '0'))
  return [a, b, c, d.slice(0, 2)].join(':')
}
