import { afterEach, describe, expect, it } from 'vitest'
import { createAnsweringArgocd } from '../../testing/answering-argocd.ts'
import { application } from '../../testing/argocd-application.ts'
import { createWriteCall } from '../../testing/create-write-call.ts'
import { getApp } from '../get-app.ts'
import { setAutoSync } from '../set-auto-sync.ts'

const { signal } = new AbortController()
const call = createWriteCall({ signal })
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function argocd(...given: Parameters<typeof createAnsweringArgocd>) {
  const answering = await createAnsweringArgocd(...given)
  open.push(answering)
  return answering
}

const unrenderable = application({
  metadata: {
    annotations: { team: 'shop' },
    labels: { tier: 'a' },
    finalizers: ['resources-finalizer.argocd.argoproj.io'],
  },
  status: { sync: { status: 'Unknown', revision: 'main' } },
})
const refusal = {
  status: 400,
  body: {
    code: 3,
    message: 'application spec for core is invalid: InvalidSpecError: Unable to generate manifests in core',
  },
}
const automated = { prune: false, selfHeal: true }

describe('an application whose Git state cannot be rendered', () => {
  it('has its auto-sync changed by replacing it unchecked, since every patch is refused', async () => {
    const { clients, writes } = await argocd(unrenderable, ({ method, body }, app) =>
      method === 'PATCH' ? refusal : void Object.assign(app, JSON.parse(body)),
    )
    const off = { name: 'core', automated: null, before: automated, actionId: 'act-1' }
    expect(await setAutoSync.run(off, clients, call)).toMatchObject({ automated: null, before: automated })
    expect(writes().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PATCH /api/v1/applications/core',
      'PUT /api/v1/applications/core?validate=false',
    ])
    const { metadata, spec } = JSON.parse(writes()[1]?.body ?? '')
    expect(metadata).toMatchObject({
      labels: { tier: 'a' },
      annotations: { team: 'shop', 'syntra.goalixa.com/action': 'act-1' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    })
    expect(spec).toEqual({ ...unrenderable.spec, syncPolicy: {} })
    expect(await setAutoSync.findEffect(off, clients, call)).toBeDefined()

    const on = { name: 'core', automated, leftBy: 'act-1', actionId: 'act-1-later' }
    await setAutoSync.run(on, clients, call)
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({ automated })
  })

  it('is not replaced if somebody has changed it since it was read', async () => {
    const { clients, writes } = await argocd(unrenderable, ({ method }, app) => {
      if (method !== 'PATCH') return undefined
      Object.assign(app.spec, { syncPolicy: { automated: { prune: true } } })
      return refusal
    })
    const off = { name: 'core', automated: null, before: automated, actionId: 'act-1' }
    await expect(setAutoSync.run(off, clients, call)).rejects.toMatchObject({ code: 'STATE_CHANGED' })
    expect(writes()).toHaveLength(1)
  })

  it('has no known commit: Argo CD gives the name of the branch', async () => {
    const { clients } = await argocd(unrenderable)
    expect(await getApp.run({ name: 'core' }, clients, signal)).toMatchObject({
      syncStatus: 'Unknown',
      revision: null,
    })
  })
})

describe('an application of an ApplicationSet', () => {
  it('keeps its auto-sync, because the ApplicationSet would reset it', async () => {
    const ownerReferences = [{ kind: 'ApplicationSet', name: 'all' }]
    const { clients, writes } = await argocd(application({ metadata: { ownerReferences } }))
    const failure = setAutoSync.run({ name: 'core', automated: null, actionId: 'act-1' }, clients, call)
    await expect(failure).rejects.toMatchObject({ kind: 'conflict', code: 'GENERATED_APPLICATION' })
    await expect(failure).rejects.toThrow('by ApplicationSet all, which would reset auto-sync within seconds')
    expect(writes()).toEqual([])
  })
})
