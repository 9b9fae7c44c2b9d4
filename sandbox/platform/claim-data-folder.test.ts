import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDataFolder } from './claim-data-folder.ts'

let within: string
beforeEach(async () => {
  within = await mkdtemp(join(tmpdir(), 'claim-'))
})
afterEach(() => rm(within, { recursive: true, force: true }))

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

test('removes only the folders of killed runs', async () => {
  const killed = await claimDataFolder({ within })
  await writeFile(join(killed.dataDir, 'rows'), 'x')
  const kept = await claimDataFolder({ within })
  await kept.keep()
  await mkdir(join(within, 'another-program'))
  const next = await claimDataFolder({ within, isAlive: () => false })
  expect(next.removed).toEqual([killed.dataDir])
  expect(await exists(killed.dataDir)).toBe(false)
  expect(await exists(kept.dataDir)).toBe(true)
  expect(await exists(join(within, 'another-program'))).toBe(true)
  await next.remove()
  expect(await exists(next.dataDir)).toBe(false)
})

test('keeps the folder of a live run', async () => {
  const running = await claimDataFolder({ within })
  expect((await claimDataFolder({ within })).removed).toEqual([])
  expect(await exists(running.dataDir)).toBe(true)
})
