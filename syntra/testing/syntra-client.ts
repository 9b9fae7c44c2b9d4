import { setTimeout as wait } from 'node:timers/promises'
import { createErrorCheck } from './error-check.ts'
import { KEYS, WEBHOOK_TOKEN } from './test-config.ts'

type AlertLike = {
  status?: 'firing' | 'resolved'
  labels?: Record<string, string>
  startsAt?: string
  endsAt?: string
  fingerprint?: string
  annotations?: Record<string, string>
}

/** Calls Syntra as operators and Alertmanager do. */
/** An action without its proposal, which would fill the message. */
function describe({ proposal: _proposal, ...rest }: Body): string {
  return JSON.stringify(rest).slice(0, 2_000)
}

export function createSyntraClient(url: string) {
  const checkError = createErrorCheck(url)
  return {
    get: (path: string, key = KEYS.ada) => call('GET', path, undefined, key),
    post: (path: string, body: unknown, key = KEYS.ada) => call('POST', path, body, key),
    deliver: (alerts: AlertLike[], token = WEBHOOK_TOKEN) =>
      call('POST', '/v1/alerts', { version: '4', alerts: alerts.map(complete) }, token),
    /** Polls until `isReached` holds for the answer. Throws after the timeout, with the last answer. */
    async until(path: string, isReached: (body: Body) => boolean, timeoutMs = 60_000): Promise<Body> {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const { body } = await call('GET', path, undefined, KEYS.ada).catch(() => ({ body: {} as Body }))
        if (isReached(body)) return body
        if (Date.now() > deadline) throw new Error(`${path} was not as expected in time: ${describe(body)}`)
        await wait(50)
      }
    },
  }

  async function call(method: string, path: string, body: unknown, key: string) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    const answer = (isJson ? JSON.parse(text) : { text }) as Body
    if (response.status >= 400) await checkError(method, path, answer)
    return { status: response.status, body: answer }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes; the tests look at what they expect
type Body = any

function complete({ labels, ...alert }: AlertLike) {
  return {
    status: 'firing',
    annotations: {},
    startsAt: '2026-11-21T10:00:00.000Z',
    endsAt: '0001-01-01T00:00:00Z',
    ...alert,
    labels: {
      alertname: 'HighErrorRate',
      namespace: 'shop',
      service: 'core',
      severity: 'critical',
      ...labels,
    },
  }
}
