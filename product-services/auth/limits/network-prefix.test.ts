import { expect, test } from 'vitest'
import { networkPrefix } from './network-prefix.ts'

test('an IPv4 address belongs to its /24, even if mapped to IPv6', () => {
  expect(networkPrefix('203.0.113.7')).toBe('203.0.113')
  expect(networkPrefix('::ffff:203.0.113.9')).toBe('203.0.113')
})

test('an IPv6 address belongs to its /56', () => {
  expect(networkPrefix('2001:db8:1:ab12::1')).toBe(networkPrefix('2001:db8:1:abff:1:2:3:4'))
  expect(networkPrefix('2001:db8:1:ab12::1')).not.toBe(networkPrefix('2001:db8:1:ac12::1'))
  expect(networkPrefix('::1')).toBe('0000:0000:0000:00')
})
