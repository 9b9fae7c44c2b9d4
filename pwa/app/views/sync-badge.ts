import { html } from 'lit-html'
import { countUnsynced } from '../../store/count-unsynced.ts'
import type { SignedInApp } from '../create-app.ts'
import { formatCount } from '../format.ts'
import { icon } from './icon.ts'

/** So many changes take several requests: the badge shows how many are left. */
const LONG_QUEUE = 100

/** Renders the sync state: whether everything is on the server, and how many changes are not. Always visible. */
export function syncBadge(app: SignedInApp) {
  const tone = toneOf(app)
  return html`<a class="badge badge-${tone}" href="/settings" data-sync=${tone}>
    ${icon(ICONS[tone])}<span>${syncSentence(app)}</span>
  </a>`
}

/** Announces sync problems to screen readers; nothing else, because every edit is unsynced for a moment. */
export function syncAnnouncement(app: SignedInApp) {
  const isProblem = ['attention', 'rejected', 'offline'].includes(toneOf(app))
  return html`<p class="hidden" role="status">${isProblem ? syncSentence(app) : ''}</p>`
}

/** Returns the sync state in a few words. */
export function syncSentence(app: SignedInApp): string {
  const { store } = app.stage.workspace
  const pending = countUnsynced(store)
  const unsynced = pending === 0 ? '' : `${formatCount(pending, 'change')} not synced`
  switch (toneOf(app)) {
    case 'attention':
      return `${formatCount(store.attention().length, 'change')} ${store.attention().length === 1 ? 'needs' : 'need'} attention`
    case 'rejected':
      return `Sync rejected${unsynced && ` · ${unsynced}`}`
    case 'offline':
      return unsynced === '' ? 'Offline' : `Offline · ${unsynced}`
    case 'pending':
      if (app.syncState() === 'syncing' && pending >= LONG_QUEUE)
        return `${formatCount(pending, 'change')} left`
      return unsynced === '' ? 'Syncing' : unsynced
    default:
      return 'All synced'
  }
}

type Tone = 'attention' | 'rejected' | 'offline' | 'pending' | 'synced'

const ICONS = {
  attention: 'warning',
  rejected: 'warning',
  offline: 'cloud-off',
  pending: 'cloud',
  synced: 'check',
} as const satisfies Record<Tone, string>

function toneOf(app: SignedInApp): Tone {
  const { store } = app.stage.workspace
  if (store.attention().length > 0) return 'attention'
  if (app.syncState() === 'rejected') return 'rejected'
  if (!navigator.onLine) return 'offline'
  // A full device cannot sync either, but that is no reason to look for the network.
  if (store.countWaiting() > 0) return 'pending'
  if (app.syncState() === 'offline') return 'offline'
  return countUnsynced(store) > 0 || !app.hasSynced() ? 'pending' : 'synced'
}
