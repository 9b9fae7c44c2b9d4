import { setTimeout as sleep } from 'node:timers/promises'
import { OPERATORS } from '../system/settings.ts'
import type { System } from '../system/start-system.ts'
import type { Random } from './create-random.ts'
import { type Deciding, decide } from './decide.ts'
import type { Journal } from './journal.ts'

/** Called for every action right before people decide on it, for example by an outsider. */
export type BeforeDecision = (action: WaitingAction) => Promise<void>

type Options = {
  system: System
  journal: Journal
  random: Random
  beforeDecision: ReadonlySet<BeforeDecision>
  signal: AbortSignal
}

/** Decides on every waiting action, like people who do not coordinate. */
export async function runOperators({ system, journal, random, beforeDecision, signal }: Options) {
  const apiUrl = system.api.url
  const seen = new Set<string>()
  while (!signal.aborted) {
    for (const { id } of await listWaitingActions(system)) {
      if (seen.has(id) || signal.aborted) continue
      const action = await readAction(apiUrl, id)
      if (action === undefined) continue
      seen.add(id)
      for (const act of beforeDecision)
        await act(action).catch(error => journal.note('outsider failed', String(error)))
      const [name, behave] = random.pick(BEHAVIOURS)
      journal.count(`decided: ${name}`)
      await behave({ apiUrl, journal, action })
    }
    await sleep(400, undefined, { signal }).catch(() => undefined)
  }
}

/** The actions that wait for a decision, from the database: a page of the API ends before the oldest one during a storm. */
export async function listWaitingActions({ database }: System): Promise<{ id: string; target: string }[]> {
  const { rows } = await database.query(
    `SELECT id, target FROM actions WHERE state = 'awaiting-approval' ORDER BY created_at`,
  )
  return rows
}

export async function readAction(apiUrl: string, id: string): Promise<WaitingAction | undefined> {
  const action = await get(apiUrl, `/v1/actions/${id}`)
  return action?.stateDigest === undefined ? undefined : action
}

export type WaitingAction = Deciding['action'] & {
  proposal: { target: { name: string; app: string | null } }
}

/** Approves with as many people as any action needs, again until each was answered. */
export async function approve(deciding: Deciding) {
  for (const operator of ['ada', 'bob'] as const)
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      const status = await decide(deciding, operator, 'approve')
      if (status !== 0 && status < 500) break
      await sleep(500)
    }
}

/** How people decide. Approvals are the most frequent, so that there are effects to count. */
const BEHAVIOURS: readonly [name: string, behave: (deciding: Deciding) => Promise<unknown>][] = [
  ['approved in turn', approve],
  ['approved in turn', approve],
  [
    'two at once',
    deciding => Promise.all([decide(deciding, 'ada', 'approve'), decide(deciding, 'bob', 'approve')]),
  ],
  [
    'three at once',
    deciding => Promise.all((['ada', 'bob', 'cyd'] as const).map(name => decide(deciding, name, 'approve'))),
  ],
  [
    'the same person twice at once',
    async deciding => {
      await Promise.all([decide(deciding, 'ada', 'approve'), decide(deciding, 'ada', 'approve')])
      await approve(deciding)
    },
  ],
  [
    'approved and rejected at once',
    deciding => Promise.all([decide(deciding, 'ada', 'approve'), decide(deciding, 'bob', 'reject')]),
  ],
  ['one person only', deciding => decide(deciding, 'cyd', 'approve')],
  [
    'a viewer, and for another state',
    async deciding => {
      await decide(deciding, 'eve', 'approve')
      await decide(deciding, 'ada', 'approve', '0'.repeat(64))
      await approve(deciding)
    },
  ],
]

// biome-ignore lint/suspicious/noExplicitAny: answers of two routes, of which a few fields are read
type Answer = any

async function get(apiUrl: string, path: string): Promise<Answer> {
  return fetch(apiUrl + path, {
    headers: { authorization: `Bearer ${OPERATORS.ada}` },
    signal: AbortSignal.timeout(8_000),
  }).then(
    response => (response.ok ? response.json() : undefined),
    () => undefined,
  )
}
