import { isDeepStrictEqual } from 'node:util'
import { ExpectedError } from '@goalixa/chassis/errors'
import { ACTION_ID_ANNOTATION } from '../../action-id-annotation.ts'
import { escapeJsonPointer } from '../../escape-json-pointer.ts'
import type { WriteCall } from '../../write-call.ts'
import type { AutoSync } from '../app.ts'
import type { AutoSyncChange, AutoSyncRequest, DeliverySystem } from '../delivery-system.ts'
import type { ArgocdClient, PatchOperation } from './argocd-client.ts'
import { autoSyncOf } from './auto-sync-of.ts'
import type { RawApplication } from './raw-application.ts'

/** The annotation that shows people the setting from before auto-sync was turned off. Syntra never reads it, because anyone can write it. */
const PREVIOUS = 'syntra.goalixa.com/auto-sync-before'

const ATTEMPTS = 3

/**
 * Changes auto-sync only if the application's spec is still the one that was read: Argo CD tests that when it applies the
 * patch. The previous setting comes from the approval, so that a second attempt does not mistake the paused state for it.
 */
export function setAutoSync(argocd: ArgocdClient): DeliverySystem['setAutoSync'] {
  /**
   * Argo CD refuses every patch of an application while Git cannot be read or rendered, which is when a release is broken. Replacing the whole
   * has no precondition, so that the application is read again immediately before.
   */
  async function replaceUnchecked(
    seen: RawApplication,
    request: AutoSyncRequest,
    before: AutoSync,
    call: WriteCall,
  ): Promise<AutoSyncChange> {
    const latest = await argocd.getApp(request.name, call.signal)
    if (!isDeepStrictEqual(latest.spec, seen.spec) || !isAsApproved(latest, request)) throw changed(request)
    await argocd.replaceApp(withAutoSync(latest, request), call)
    return changeOf(request, before)
  }

  return {
    async run(request, call) {
      let app = await argocd.getApp(request.name, call.signal)
      if (!isAsApproved(app, request)) throw changed(request)
      requireOwnSpec(app)
      const before = autoSyncOf(app)
      for (let attempt = 1; ; attempt += 1) {
        try {
          await argocd.patchApp(request.name, patchOf(app, request), call)
          return changeOf(request, before)
        } catch (error) {
          if (isUnrenderable(error)) return replaceUnchecked(app, request, before, call)
          // Argo CD answers a failed test with a 500 and a message only.
          if (!(error instanceof ExpectedError) || error.kind !== 'unavailable') throw error
          const latest = await argocd.getApp(request.name, call.signal)
          if (isInPlace(latest, request)) return changeOf(request, before)
          if (!isDeepStrictEqual(latest.spec, app.spec) || !isAsApproved(latest, request))
            throw changed(request)
          const isSame = latest.metadata.resourceVersion === app.metadata.resourceVersion
          if (isSame || attempt === ATTEMPTS) throw error
          app = latest
        }
      }
    },
    async findEffect(request, { signal }) {
      const { automated, before } = request
      const isKnown = automated !== null || before !== undefined
      if (!isKnown || !isInPlace(await argocd.getApp(request.name, signal), request)) return undefined
      return changeOf(request, before ?? null)
    },
  }
}

function isAsApproved(
  app: RawApplication,
  { automated, before, leftBy, actionId }: AutoSyncRequest,
): boolean {
  const current = autoSyncOf(app)
  if (before !== undefined) return isSame(current, before)
  if (leftBy !== undefined) return current === null && actionIdOf(app) === leftBy
  // An earlier attempt of this action has turned it off, and the previous setting is no longer known.
  return !(automated === null && current === null && actionIdOf(app) === actionId)
}

/** Removing `automated` works in every version; `enabled` exists only since Argo CD 3.1. */
function patchOf(app: RawApplication, { automated, leftBy, actionId }: AutoSyncRequest): PatchOperation[] {
  const { syncPolicy } = app.spec
  const present = app.metadata.annotations
  const kept = automated === null ? { [PREVIOUS]: JSON.stringify(autoSyncOf(app)) } : {}
  const added = { [ACTION_ID_ANNOTATION]: actionId, ...kept }
  return [
    { op: 'test', path: '/spec', value: app.spec },
    ...(leftBy === undefined
      ? []
      : [{ op: 'test' as const, path: annotationPath(ACTION_ID_ANNOTATION), value: leftBy }]),
    ...(present
      ? Object.entries(added).map(([key, value]) => ({
          op: 'add' as const,
          path: annotationPath(key),
          value,
        }))
      : [
          // A JSON patch cannot test that there are no annotations, so that then nothing of the application may have changed.
          { op: 'test' as const, path: '/metadata/resourceVersion', value: app.metadata.resourceVersion },
          { op: 'add' as const, path: '/metadata/annotations', value: added },
        ]),
    ...(automated !== null && present?.[PREVIOUS] !== undefined
      ? [{ op: 'remove' as const, path: annotationPath(PREVIOUS) }]
      : []),
    ...automatedOperations(syncPolicy, automated),
  ]
}

function automatedOperations(
  syncPolicy: RawApplication['spec']['syncPolicy'],
  automated: AutoSync,
): PatchOperation[] {
  if (automated === null)
    return syncPolicy?.automated ? [{ op: 'remove', path: '/spec/syncPolicy/automated' }] : []
  return syncPolicy
    ? [{ op: 'add', path: '/spec/syncPolicy/automated', value: automated }]
    : [{ op: 'add', path: '/spec/syncPolicy', value: { automated } }]
}

/** The application with the change, as a whole. */
function withAutoSync(app: RawApplication, { automated, actionId }: AutoSyncRequest): RawApplication {
  const { [PREVIOUS]: _previous, ...kept } = app.metadata.annotations ?? {}
  const { automated: _automated, ...policy } = app.spec.syncPolicy ?? {}
  const annotations = {
    ...kept,
    [ACTION_ID_ANNOTATION]: actionId,
    ...(automated === null ? { [PREVIOUS]: JSON.stringify(autoSyncOf(app)) } : {}),
  }
  return {
    ...app,
    metadata: { ...app.metadata, annotations },
    spec: { ...app.spec, syncPolicy: automated === null ? policy : { ...policy, automated } },
  }
}

function isUnrenderable(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === 'ARGOCD_INVALID'
}

/** An ApplicationSet resets spec and annotations of its applications within seconds. */
function requireOwnSpec({ metadata }: RawApplication): void {
  const set = metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet')
  if (set === undefined) return
  throw new ExpectedError(
    'conflict',
    'GENERATED_APPLICATION',
    `Application ${metadata.name} is generated by ApplicationSet ${set.name}, which would reset auto-sync within seconds; revert the release on Git, or change the template of the ApplicationSet.`,
  )
}

function annotationPath(key: string): string {
  return `/metadata/annotations/${escapeJsonPointer(key)}`
}

function isInPlace(app: RawApplication, { automated, actionId }: AutoSyncRequest): boolean {
  return actionIdOf(app) === actionId && isSame(autoSyncOf(app), automated)
}

function isSame(left: AutoSync, right: AutoSync): boolean {
  const explicit = (setting: AutoSync) => setting && { ...setting, allowEmpty: setting.allowEmpty ?? false }
  return isDeepStrictEqual(explicit(left), explicit(right))
}

function actionIdOf({ metadata }: RawApplication): string | undefined {
  return metadata.annotations?.[ACTION_ID_ANNOTATION]
}

function changeOf({ name, automated, actionId }: AutoSyncRequest, before: AutoSync): AutoSyncChange {
  return { name, automated, before, mark: actionId }
}

function changed({ name, leftBy }: AutoSyncRequest): ExpectedError {
  const since = leftBy === undefined ? 'it was approved' : `action ${leftBy}`
  return new ExpectedError(
    'conflict',
    'STATE_CHANGED',
    `Auto-sync or another part of application ${name} has been changed by someone else since ${since}; it is left as it is.`,
  )
}
