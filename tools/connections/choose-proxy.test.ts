import { expect, it } from 'vitest'
import { chooseProxy } from './choose-proxy.ts'

const PROXIES = { https: 'http://proxy.corp:3128', http: 'proxy.corp:3129' }

it.each([
  ['https://prometheus.corp', 'http://proxy.corp:3128'],
  ['http://prometheus.corp:9090', 'http://proxy.corp:3129'],
  ['https://localhost:6443', undefined],
  ['http://127.0.0.5:9090', undefined],
  ['http://[::1]:9090', undefined],
])('leads to %s through %s', (url, proxy) => {
  expect(chooseProxy(url, PROXIES)).toBe(proxy)
})

it.each([
  ['corp', 'https://prometheus.corp'],
  ['.corp', 'https://prometheus.corp'],
  ['*.corp', 'https://prometheus.corp'],
  ['Prometheus.Corp', 'https://prometheus.corp'],
  ['a.test, .svc ,b.test', 'http://prometheus.monitoring.svc:9090'],
  ['prometheus.corp:9090', 'http://prometheus.corp:9090'],
  ['prometheus.corp:443', 'https://prometheus.corp'],
  ['10.0.0.0/8', 'https://10.96.0.1:443'],
  ['10.96.0.1', 'https://10.96.0.1:443'],
  ['fd00::/8', 'https://[fd12::1]:443'],
  ['fd12::1', 'https://[fd12::1]:443'],
  ['*', 'https://api.github.com'],
])('is not asked with NO_PROXY=%s for %s', (except, url) => {
  expect(chooseProxy(url, { ...PROXIES, except })).toBeUndefined()
})

it.each([
  ['.corp', 'https://corp'],
  ['us.corp', 'https://prometheus.corp'],
  ['prometheus.corp:9091', 'http://prometheus.corp:9090'],
  ['10.0.0.0/8', 'https://11.0.0.1'],
  ['10.0.0.0/8', 'https://ten.corp'],
  ['10.0.0.0/99', 'https://10.0.0.1'],
  ['', 'https://prometheus.corp'],
])('is asked with NO_PROXY=%s for %s', (except, url) => {
  expect(chooseProxy(url, { ...PROXIES, except })).toBeDefined()
})

it('is not asked where none is set for the protocol', () => {
  expect(chooseProxy('http://a.test', { https: 'http://proxy' })).toBeUndefined()
})
