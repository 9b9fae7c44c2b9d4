import { createHmac, randomUUID } from 'node:crypto'
import type { GithubEvent, Repository } from '../store/create-store.ts'
import { type Delivery, type Hook, takeId } from '../store/repository-state.ts'

const TIMEOUT_MS = 10_000
const MAX_DELIVERIES = 50

type Deps = {
  now: () => Date
  /** Stores the record of a delivery. */
  record: (repository: Repository, keep: (state: Repository['state']) => void) => Promise<void>
}

/** Sends signed events to the hooks that subscribe to them, once: like GitHub, it does not retry. */
export function createWebhooks({ now, record }: Deps) {
  const stopping = new AbortController()
  const running = new Set<Promise<unknown>>()

  async function deliver(repository: Repository, hook: Hook, event: GithubEvent, isRedelivery: boolean) {
    const guid = randomUUID()
    const body = bodyOf(hook, event)
    const headers = headersOf(hook, event, guid, body)
    const startedAt = now()
    const { status, statusCode, payload } = await send(hook.url, headers, body, stopping.signal)
    const delivery: Omit<Delivery, 'id'> = {
      guid,
      hook: hook.id,
      event: event.event,
      action: event.action,
      deliveredAt: startedAt.toISOString(),
      durationSeconds: (now().getTime() - startedAt.getTime()) / 1000,
      status,
      statusCode,
      isRedelivery,
      request: { headers, payload: event.payload },
      response: { payload },
    }
    if (stopping.signal.aborted) return
    await record(repository, state => {
      state.deliveries = [...state.deliveries, { ...delivery, id: takeId(state) }].slice(-MAX_DELIVERIES)
    })
  }

  function track(work: Promise<unknown>) {
    const settled = work.catch(() => {}).finally(() => running.delete(settled))
    running.add(settled)
  }

  return {
    /** Sends in the background; a receiver's failure is recorded only in the list of deliveries. */
    send(repository: Repository, events: readonly GithubEvent[]) {
      for (const event of events) {
        for (const hook of repository.state.hooks.filter(each => wants(each, event.event)))
          track(deliver(repository, hook, event, false))
      }
    },
    /** Sends one event to one hook, whatever its subscriptions. */
    sendTo(repository: Repository, hook: Hook, event: GithubEvent, isRedelivery = false) {
      track(deliver(repository, hook, event, isRedelivery))
    },
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}
export type Webhooks = ReturnType<typeof createWebhooks>

function wants({ isActive, events }: Hook, event: string): boolean {
  return isActive && (events.includes('*') || events.includes(event))
}

function bodyOf({ contentType }: Hook, { payload }: GithubEvent): string {
  const json = JSON.stringify(payload)
  return contentType === 'json' ? json : new URLSearchParams({ payload: json }).toString()
}

function headersOf(hook: Hook, { event }: GithubEvent, guid: string, body: string): Record<string, string> {
  const signature = (algorithm: 'sha1' | 'sha256') =>
    `${algorithm}=${createHmac(algorithm, hook.secret ?? '')
      .update(body)
      .digest('hex')}`
  return {
    'content-type': hook.contentType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
    'user-agent': 'GitHub-Hookshot/emulator',
    'x-github-event': event,
    'x-github-delivery': guid,
    'x-github-hook-id': String(hook.id),
    ...(hook.secret
      ? { 'x-hub-signature': signature('sha1'), 'x-hub-signature-256': signature('sha256') }
      : {}),
  }
}

async function send(url: string, headers: Record<string, string>, body: string, stop: AbortSignal) {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    const payload = (await response.text()).slice(0, 10_000)
    return { status: response.statusText || 'OK', statusCode: response.status, payload }
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
    return { status: isTimeout ? 'timed out' : 'failed to connect to host', statusCode: 0, payload: '' }
  }
}
