import type { KubeObject } from '../cluster/kube-object.ts'

export const TRACKING_ID = 'argocd.argoproj.io/tracking-id'
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options'
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'
const HOOK = 'argocd.argoproj.io/hook'

/** Returns the application that tracks an object; null if there is none. */
export function trackedBy({ metadata }: KubeObject): string | null {
  return metadata.annotations?.[TRACKING_ID]?.split(':')[0] ?? null
}

/** Returns whether a sync option such as `Prune=false` is set on an object. */
export function hasSyncOption({ metadata }: KubeObject, option: string): boolean {
  return (metadata.annotations?.[SYNC_OPTIONS] ?? '').split(',').some(each => each.trim() === option)
}

/** Returns the sync wave of an object; 0 by default. */
export function waveOf({ metadata }: KubeObject): number {
  return Number.parseInt(metadata.annotations?.[SYNC_WAVE] ?? '0', 10) || 0
}

/** Returns the hook phases of an object (PreSync, PostSync, …); an ordinary object has none. */
export function hooksOf({ metadata }: KubeObject): string[] {
  return (metadata.annotations?.[HOOK] ?? '')
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '' && each !== 'Skip')
}

/** Returns the manifest that was last applied to an object; null if it is not recorded. */
export function lastAppliedOf({ metadata }: KubeObject): unknown {
  try {
    return JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? 'null')
  } catch {
    return null
  }
}
