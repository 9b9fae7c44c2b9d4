import { configMap } from '@goalixa/argocd-emulator/testing/manifests'
import { startArgocd } from '@goalixa/argocd-emulator/testing/start-argocd'
import { findTool } from '@goalixa/tools/catalog'
import type { Clients } from '@goalixa/tools/clients'
import { createClients } from '@goalixa/tools/create-clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { interruptedCall } from './interrupted-call.ts'

const setAutoSync = findTool('delivery_set_auto_sync')
const call = createWriteCall()
const BEFORE = { prune: true, selfHeal: false, allowEmpty: true }
let argocd: Awaited<ReturnType<typeof startArgocd>>
let clients: Clients
let name: string
let made = 0

beforeAll(async () => {
  argocd = await startArgocd()
  clients = createClients({ argocd: { url: argocd.url, token: argocd.token } })
  await argocd.push({ 'shop/config.yaml': configMap('shop', { VERSION: 'one' }) })
})
afterAll(() => argocd.stop())
beforeEach(async () => {
  made += 1
  name = `shop-${made}`
  await argocd.createApp(name, 'shop', { syncPolicy: { automated: { prune: true, allowEmpty: true } } })
  await argocd.until(name, ({ status }) => status.sync.status !== 'Unknown')
})

/** A change by another account, which may annotate applications and knows every id. */
async function change(body: object) {
  const patch = { name, patch: JSON.stringify(body), patchType: 'merge' }
  const { status } = await argocd.callAs(argocd.otherToken ?? '', 'PATCH', `/applications/${name}`, patch)
  expect(status).toBe(200)
}
const annotate = (annotations: Record<string, string | null>) => change({ metadata: { annotations } })
const automated = async () => (await argocd.get(name)).spec.syncPolicy?.automated
const pause = () => ({ name, automated: null, before: BEFORE, actionId: 'act-1' })
const restore = (actionId = 'act-1-later') => ({ name, automated: BEFORE, leftBy: 'act-1', actionId })

it('auto-sync is turned off, and what it was before is restored', async () => {
  const done = { name, automated: null, before: BEFORE, mark: 'act-1' }
  expect(await setAutoSync.findEffect(pause(), clients, call)).toBeUndefined()
  expect(await setAutoSync.run(pause(), clients, call)).toEqual(done)
  expect(await automated()).toBeUndefined()
  expect(await setAutoSync.findEffect(pause(), clients, call)).toEqual(done)
  expect(await setAutoSync.findEffect({ ...pause(), actionId: 'act-2' }, clients, call)).toBeUndefined()

  await setAutoSync.run(restore(), clients, call)
  expect(await automated()).toEqual(BEFORE)
  expect(await setAutoSync.findEffect(restore(), clients, call)).toMatchObject({ mark: 'act-1-later' })
  const { annotations } = (await argocd.get(name)).metadata
  expect(annotations).toEqual({ 'syntra.goalixa.com/action': 'act-1-later' })
})

it('what it was before comes from the approval and not from an annotation', async () => {
  await setAutoSync.run(pause(), clients, call)
  await annotate({ 'syntra.goalixa.com/auto-sync-before': '{"prune":true,"selfHeal":true}' })
  expect(await setAutoSync.findEffect(pause(), clients, call)).toMatchObject({ before: BEFORE })
})

it('a pause that was approved without the setting is not found by an annotation', async () => {
  const { before: _, ...unknown } = pause()
  await setAutoSync.run(unknown, clients, call)
  await annotate({ 'syntra.goalixa.com/auto-sync-before': '{"prune":true,"selfHeal":true}' })
  expect(await setAutoSync.findEffect(unknown, clients, call)).toBeUndefined()
  await expect(setAutoSync.run(unknown, clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
})

it('an application that only carries the id of the action is not done', async () => {
  await annotate({ 'syntra.goalixa.com/action': 'act-1' })
  expect(await setAutoSync.findEffect(pause(), clients, call)).toBeUndefined()
})

it('a setting that is not the approved one is left alone', async () => {
  await change({ spec: { syncPolicy: { automated: { prune: false } } } })
  await expect(setAutoSync.run(pause(), clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
  expect(await automated()).toMatchObject({ prune: false })
})

it('a pause of someone else, or a setting of theirs, is left alone', async () => {
  await setAutoSync.run(pause(), clients, call)
  await annotate({ 'syntra.goalixa.com/action': 'act-8' })
  await expect(setAutoSync.run(restore(), clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
  await annotate({ 'syntra.goalixa.com/action': 'act-1' })
  await change({ spec: { syncPolicy: { automated: { selfHeal: true } } } })
  await expect(setAutoSync.run(restore(), clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
  expect(await automated()).toMatchObject({ selfHeal: true })
})

it.each([
  ['the spec', () => change({ spec: { revisionHistoryLimit: 7 } }), pause],
  ['auto-sync', () => change({ spec: { syncPolicy: { automated: { selfHeal: true } } } }), restore],
  ['the owner of the pause', () => annotate({ 'syntra.goalixa.com/action': 'act-8' }), restore],
])('a change of %s between the read and the write is not overwritten', async (_what, interfere, request) => {
  if (request === restore) await setAutoSync.run(pause(), clients, call)
  const state = async () => {
    const { spec, metadata } = await argocd.get(name)
    return { spec, annotations: metadata.annotations }
  }
  let theirs: unknown
  const late = interruptedCall(async () => {
    await interfere()
    theirs = await state()
  })
  await expect(setAutoSync.run(request(), clients, late)).rejects.toThrow()
  expect(await state()).toEqual(theirs)
})
