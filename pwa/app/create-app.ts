import { v7 as uuidv7 } from 'uuid'
import { keepGestures } from '../store/keep-gestures.ts'
import type { SyncState } from '../store/syncer.ts'
import { createUserData, type Removal } from '../store/user-data.ts'
import { createUserStorage } from '../store/user-storage.ts'
import { type Actions, createActions } from './actions.ts'
import type { Api } from './api.ts'
import { persistentStorage, storageOrMemory } from './browser-storage.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { openWorkspace, type Workspace } from './open-workspace.ts'
import { createRouter } from './router.ts'
import { createSession, REMOVAL_REASONS, USER } from './session.ts'
import { createUiState } from './ui-state.ts'
import { watchClockError } from './watch-clock-error.ts'

/** What the app shows: nothing yet, that the server cannot be reached, the sign-in form, an error, or the person's data. */
export type Stage =
  | { kind: 'opening' }
  | { kind: 'unreachable' }
  | { kind: 'signed-out'; reason: string | null }
  | { kind: 'broken'; reason: string }
  | { kind: 'ready'; workspace: Workspace; actions: Actions; drafts: Drafts }

const RETRY_MS = 10_000
const VERIFY_MS = 1_000

const UNOPENABLE =
  'The browser could not open the data that Goalixa keeps on this device. Allow site data, or leave private browsing, then reload the page.'
const IN_USE =
  'Another Goalixa tab is removing data from this device and does not finish. Close all other Goalixa tabs, then reload the page.'

export type SignedInApp = App & { stage: Extract<Stage, { kind: 'ready' }> }

/** Creates the state of the whole app in this tab; `onChange` is called after every change. */
export function createApp({ api, now, onChange }: { api: Api; now: () => number; onChange: () => void }) {
  const ui = createUiState(onChange)
  const router = createRouter(onChange)
  const shared = { storage: storageOrMemory, locks: navigator.locks }
  const data = createUserData({ ...shared, newClientId: uuidv7 })
  const session = createSession({ ...shared, api, data, newId: uuidv7 })
  let stage: Stage = { kind: 'opening' }
  let syncState: SyncState = 'idle'
  let hasSynced = false
  let opening = 0
  let retryRemoval: ReturnType<typeof setTimeout> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined

  const correctedNow = () => (stage.kind === 'ready' ? stage.workspace.store.now() : now())

  const shownWorkspace = () => (stage.kind === 'ready' ? stage.workspace : undefined)

  function setStage(next: Stage) {
    if (stage.kind === 'ready' && (next.kind !== 'ready' || next.workspace !== stage.workspace))
      stage.workspace.close()
    stage = next
    onChange()
  }

  /** Opens the data of the user that this device knows, or the sign-in form. */
  async function openCurrentUser() {
    const turn = ++opening
    const user = session.current()
    if (user === undefined) return setStage({ kind: 'signed-out', reason: null })
    const workspace = shownWorkspace()
    if (workspace !== undefined) {
      if (workspace.signIn === session.currentSignIn()) return
      // The same person has signed in again: what only this page holds is theirs.
      if (workspace.user.id === user.id && !(await keepGestures(workspace.store))) return
      if (shownWorkspace() !== workspace) return
      setStage({ kind: 'opening' })
      return openCurrentUser()
    }
    hasSynced = false
    let clockError: ReturnType<typeof watchClockError> | undefined
    try {
      const workspace = await openWorkspace({
        user,
        api,
        session,
        data,
        now,
        storage: persistentStorage,
        onChange() {
          const text = clockError?.()
          if (text !== undefined) ui.toast({ text, isSticky: true })
          onChange()
        },
        onSyncState: syncStateChanged,
        onClosing: () => setStage({ kind: 'signed-out', reason: null }),
      })
      if (turn !== opening || session.currentSignIn() !== workspace.signIn) return workspace.close()
      clockError = watchClockError(workspace.store)
      const drafts = createDrafts({
        texts: createUserStorage(storageOrMemory, 'draft', user.id),
        onOutdated: offerDraft,
      })
      setStage({
        kind: 'ready',
        workspace,
        actions: createActions({ workspace, ui, now: correctedNow }),
        drafts,
      })
    } catch (error) {
      if (turn !== opening) return
      const isInUse = error instanceof DOMException && error.name === 'TimeoutError'
      setStage({ kind: 'broken', reason: isInUse ? IN_USE : UNOPENABLE })
    }
  }

  function offerDraft(use: () => void) {
    ui.toast({
      text: 'This text was changed elsewhere after you began to edit it.',
      isSticky: true,
      action: { label: 'Use mine', run: use },
    })
  }

  function syncStateChanged(next: SyncState) {
    syncState = next
    if (next === 'idle') hasSynced = true
    onChange()
    if (next === 'signed-out') void askToSignIn()
  }

  async function askToSignIn() {
    const workspace = shownWorkspace()
    if (workspace !== undefined && !(await keepGestures(workspace.store)))
      return ui.toast({
        text: 'Your session has ended. Free some space on this device to keep your changes; then sign in again.',
        isSticky: true,
      })
    if (shownWorkspace() !== workspace) return
    setStage({
      kind: 'signed-out',
      reason: 'Your session has ended. Sign in again; your data is still on this device.',
    })
  }

  // A page that was suspended may have missed that its person has signed out.
  function verifyUser() {
    if (shownWorkspace() !== undefined) void openCurrentUser()
  }

  /** Says why data is still on this device, until it is removed. */
  function explainRemoval(removal: Removal) {
    clearTimeout(retryRemoval)
    if (removal !== 'removed') retryRemoval = setTimeout(finishRemovals, RETRY_MS)
    if (stage.kind !== 'signed-out') return
    const isExplained = Object.values(REMOVAL_REASONS).includes(stage.reason)
    if (isExplained || removal !== 'removed') setStage({ ...stage, reason: REMOVAL_REASONS[removal] })
  }

  function finishRemovals() {
    session.finishRemovals().then(explainRemoval, () => {})
  }

  /** Opens the data on this device. Asks the server only if the device knows no user, until it answers. */
  async function open() {
    clearTimeout(retry)
    try {
      if (session.current() === undefined) await session.restoreFromCookies()
    } catch {
      if (stage.kind === 'opening') setStage({ kind: 'unreachable' })
      retry = setTimeout(openAgain, RETRY_MS)
      return
    }
    await openCurrentUser()
  }

  function completeSignOut() {
    session.completeSignOut().catch(() => {})
  }

  function openAgain() {
    if (stage.kind === 'unreachable') void open()
  }

  async function enter(attempt: Promise<Awaited<ReturnType<typeof session.signIn>>>) {
    const result = await attempt
    if (result.kind !== 'ok') return result
    if (['sign-in', 'register'].includes(router.current().name)) router.navigate('/today', { replace: true })
    void navigator.storage?.persist?.()
    await openCurrentUser()
    return result
  }

  return {
    ui,
    router,
    session,
    now: correctedNow,
    get stage() {
      return stage
    },
    syncState: () => syncState,
    /** Whether the server has answered since this user's data was opened. */
    hasSynced: () => hasSynced,
    async start() {
      if (!isSecureContext)
        return setStage({
          kind: 'broken',
          reason: 'Goalixa needs a secure connection. Open this page with https://.',
        })
      completeSignOut()
      for (const run of [completeSignOut, openAgain]) addEventListener('online', run)
      addEventListener('storage', ({ key }) => {
        if (key === USER) void openCurrentUser()
      })
      addEventListener('pageshow', verifyUser)
      for (const event of ['resume', 'visibilitychange']) document.addEventListener(event, verifyUser)
      setInterval(verifyUser, VERIFY_MS)
      // The services may not have answered.
      setInterval(completeSignOut, RETRY_MS)
      await open()
      finishRemovals()
    },
    /** Asks the server again who is signed in, if it could not be reached. */
    openAgain,
    signIn: (email: string, password: string) => enter(session.signIn(email, password)),
    register: (email: string, password: string) => enter(session.register(email, password)),
    async signOut() {
      await ui.close()
      setStage({ kind: 'signed-out', reason: null })
      router.navigate('/sign-in', { replace: true })
      explainRemoval(await session.signOut())
    },
    refresh: onChange,
  }
}
export type App = ReturnType<typeof createApp>
