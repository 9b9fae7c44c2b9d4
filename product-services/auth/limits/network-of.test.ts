import { expect, test } from 'vitest'
import { networkOf } from './network-of.ts'

test('an IPv4 address belongs to its /24, also when written as IPv6', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113')
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113')
})

test('an IPv6 address belongs to its /56', () => {
  expect(networkOf('2001:db8:1:ab12::1')).toBe(networkOf('2001:db8:1:abff:1:2:3:4'))
  expect(networkOf('2001:db8:1:ab12::1')).not.toBe(networkOf('2001:db8:1:ac12::1'))
  expect(networkOf('::1')).toBe('0000:0000:0000:00')
})
