import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceConfig } from '@goalixa/chassis/config'
import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { buildPwa } from './build-pwa.ts'

let dist: string
let folder: string
let service: Awaited<ReturnType<typeof buildPwa>>
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'goalixa-pwa-'))
  // Two builds at once, as by two replicas on one machine.
  const builds = await Promise.all([buildApp({ dist }), buildApp({ dist })])
  folder = builds[0].folder
  expect(builds[1].folder).toBe(folder)
  const config = ServiceConfig.parse({ PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' })
  service = await buildPwa({
    config,
    log: createLog({ service: 'pwa', level: 'silent' }),
    metrics: createMetrics(),
    folder,
  })
})
afterAll(async () => {
  await service.stop()
  await rm(dist, { recursive: true, force: true })
})

const get = (url: string, headers = {}) => service.app.inject({ url, headers })

describe('the app on the wire', () => {
  it('is at most 60 KB of script, 15 KB of style and 10 requests, compressed', async () => {
    const page = (await get('/login')).body
    const urls = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1] ?? '')
    expect(urls.length + 1).toBeLessThanOrEqual(10)
    const sizeOf = async (kind: string) => {
      const parts = await Promise.all(
        urls.filter(url => url.endsWith(kind)).map(url => get(url, { 'accept-encoding': 'gzip' })),
      )
      expect(parts.map(part => part.headers['content-encoding'])).toEqual(parts.map(() => 'gzip'))
      return parts.reduce((sum, part) => sum + part.rawPayload.length, 0)
    }
    expect(await sizeOf('.js')).toBeLessThanOrEqual(60 * 1024)
    expect(await sizeOf('.css')).toBeLessThanOrEqual(15 * 1024)
  })

  it('has no inline script or style, so that the policy can forbid them', async () => {
    const { body, headers } = await get('/')
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/)
    expect(headers['content-security-policy']).toContain("script-src 'self'")
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
  })

  it('answers every other path with the shell, which is always revalidated', async () => {
    const shell = (await get('/')).body
    for (const url of ['/today', '/projects/1', '/no/such/place?x=1']) {
      const answer = await get(url)
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toBe(shell)
      expect(answer.headers['cache-control']).toBe('no-cache')
    }
    expect((await get('/sw.js')).headers['cache-control']).toBe('no-cache')
  })

  // Two builds can have files of equal size and time: a validator derived from these would keep a stale shell.
  it('sends no validator for the shell', async () => {
    const { headers } = await get('/', { 'if-modified-since': new Date(Date.now() + 1_000).toUTCString() })
    expect(headers.etag).toBeUndefined()
    expect(headers['last-modified']).toBeUndefined()
  })

  it('caches hashed files for a year, and a missing file not at all', async () => {
    const [, asset] = /src="(\/assets\/main-[^"]+)"/.exec((await get('/')).body) ?? []
    expect((await get(asset ?? '')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const missing = await get('/assets/main-OLD.js')
    expect(missing.statusCode).toBe(404)
    expect(missing.headers['cache-control']).toBeUndefined()
  })

  it('does not answer for the API', async () => {
    const answer = await get('/bff/auth/me')
    expect(answer.statusCode).toBe(404)
    expect(answer.json().code).toBe('NO_SUCH_ROUTE')
  })

  it('serves nothing from outside the build', async () => {
    for (const url of ['/assets/..%2f..%2f..%2fpackage.json', '/icons/%2e%2e/%2e%2e/%2e%2e/package.json'])
      expect((await get(url)).body).not.toContain('"dependencies"')
  })

  it('is installable', async () => {
    const manifest = (await get('/manifest.webmanifest')).json()
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/today' })
    for (const { src, sizes } of manifest.icons)
      expect((await get(src)).statusCode, `${src} ${sizes}`).toBe(200)
  })
})
