import { describe, expect, it } from 'vitest'
import type { Application, ApplicationStatus, Automated } from '../applications/application.ts'
import { decideAutoSync } from './decide-auto-sync.ts'

const now = new Date('2026-03-04T12:00:10Z')
const source = { repoURL: 'https://git/x', path: 'a' }
const drifted = { version: 'v1', kind: 'ConfigMap', name: 'a', status: 'OutOfSync' as const }

function app(automated: Automated | null, status: Partial<ApplicationStatus> = {}): Application {
  return {
    metadata: { name: 'a' },
    spec: { project: 'default', source, destination: {}, syncPolicy: { automated } },
    status: {
      sync: { status: 'OutOfSync', revision: 'new', comparedTo: { source, destination: {} } },
      health: { status: 'Healthy' },
      resources: [drifted],
      summary: {},
      ...status,
    },
  } as Application
}
const tried = (phase: 'Succeeded' | 'Failed', finishedAt = '2026-03-04T12:00:00Z') => ({
  operationState: {
    operation: { sync: { revision: 'new' } },
    phase,
    message: 'no such field',
    startedAt: finishedAt,
    finishedAt,
    syncResult: { revision: 'new', source, resources: [] },
  },
})

describe('auto-sync', () => {
  it('syncs a new revision, unless auto-sync is off or an operation is running', () => {
    expect(decideAutoSync(app({ prune: true }), now)).toMatchObject({
      kind: 'start',
      operation: { sync: { revision: 'new', prune: true }, initiatedBy: { automated: true } },
    })
    for (const automated of [null, { enabled: false }])
      expect(decideAutoSync(app(automated), now).kind).toBe('none')
    const running = { ...app({}), operation: { sync: {} } }
    expect(decideAutoSync(running, now).kind).toBe('none')
  })

  it('does not retry a failed revision', () => {
    expect(decideAutoSync(app({ selfHeal: true }, tried('Failed')), now)).toEqual({
      kind: 'refused',
      message: 'Failed last sync attempt to new: no such field',
    })
  })

  it('self-heals only differing objects, only if enabled, and only some seconds after the last operation', () => {
    expect(decideAutoSync(app({}, tried('Succeeded')), now).kind).toBe('none')
    expect(decideAutoSync(app({ selfHeal: true }, tried('Succeeded', '2026-03-04T12:00:08Z')), now)).toEqual({
      kind: 'later',
      waitMs: 3000,
    })
    expect(decideAutoSync(app({ selfHeal: true }, tried('Succeeded')), now)).toMatchObject({
      kind: 'start',
      operation: { sync: { resources: [{ kind: 'ConfigMap', name: 'a' }] } },
    })
  })

  it('never prunes all objects of an application automatically', () => {
    const emptied = { resources: [{ ...drifted, requiresPruning: true }] }
    expect(decideAutoSync(app({ prune: true }, emptied), now)).toMatchObject({ kind: 'refused' })
    expect(decideAutoSync(app({ prune: true, allowEmpty: true }, emptied), now).kind).toBe('start')
    expect(decideAutoSync(app({}, emptied), now).kind).toBe('none')
  })
})
