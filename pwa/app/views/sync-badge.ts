import { html } from 'lit-html'
import type { SignedInApp } from '../create-app.ts'
import { unsyncedGestures } from '../data/unsynced-gestures.ts'
import { count } from '../format.ts'
import { icon } from './icon.ts'

/** Whether everything is safe on the server, and if not, how much is not. Always visible. */
export function syncBadge(app: SignedInApp) {
  const tone = toneOf(app)
  return html`<a class="badge badge-${tone}" href="/settings" data-sync=${tone}>
    ${icon(ICONS[tone])}<span>${syncSentence(app)}</span>
  </a>`
}

/** What a screen reader hears about sync: trouble only, since every edit is unsynced for a moment. */
export function syncAnnouncement(app: SignedInApp) {
  const isTrouble = ['attention', 'refused', 'offline'].includes(toneOf(app))
  return html`<p class="hidden" role="status">${isTrouble ? syncSentence(app) : ''}</p>`
}

/** The state of sync in a few words. */
export function syncSentence(app: SignedInApp): string {
  const { store } = app.stage.workspace
  const pending = unsyncedGestures(store.outbox())
  const unsynced = pending === 0 ? '' : `${count(pending, 'change')} not synced`
  switch (toneOf(app)) {
    case 'attention':
      return `${count(store.attention().length, 'change')} ${store.attention().length === 1 ? 'needs' : 'need'} attention`
    case 'refused':
      return `Sync refused${unsynced && ` · ${unsynced}`}`
    case 'offline':
      return unsynced === '' ? 'Offline' : `Offline · ${unsynced}`
    case 'pending':
      return unsynced === '' ? 'Syncing' : unsynced
    default:
      return 'All synced'
  }
}

type Tone = 'attention' | 'refused' | 'offline' | 'pending' | 'synced'

const ICONS = {
  attention: 'warning',
  refused: 'warning',
  offline: 'cloud-off',
  pending: 'cloud',
  synced: 'check',
} as const satisfies Record<Tone, string>

function toneOf(app: SignedInApp): Tone {
  const { store } = app.stage.workspace
  if (store.attention().length > 0) return 'attention'
  if (app.syncState() === 'refused') return 'refused'
  if (!navigator.onLine || app.syncState() === 'offline') return 'offline'
  return store.outbox().length > 0 || !app.hasSynced() ? 'pending' : 'synced'
}
