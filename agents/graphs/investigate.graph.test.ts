import { ExpectedError } from '@goalixa/chassis/errors'
import { createLog } from '@goalixa/chassis/log'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import { MemorySaver } from '@langchain/langgraph'
import { expect, test } from 'vitest'
import type { ActionState } from '../devops/action-state.ts'
import { Scope } from '../snapshot/snapshot.ts'
import { advanceThread } from './advance-thread.ts'
import { investigateGraph } from './investigate.graph.ts'
import type { InvestigationDeps } from './ports.ts'

const ID = '01900000-0000-7000-8000-000000000001'
const question = (id: string): Question => ({ id, tool: 't', args: {}, why: 'w' })

/** Everything in memory; `log` lists what was done, in order. */
function setUp(change: (deps: InvestigationDeps, log: string[]) => void = () => {}) {
  const log: string[] = []
  /** What the engine was asked to conclude, in order. */
  const concluded: string[] = []
  const questions = new Map<string, Question>()
  const answers = new Map<string, Evidence>()
  const deps = {
    engine: {
      planQuestions: ({ round }: { round: number }) => (round === 1 ? ['a', 'b', 'c'].map(question) : []),
      buildView: (scope: unknown, evidence: Evidence[]) => ({ scope, snapshot: { evidence } }),
      diagnose(view: { snapshot: { evidence: Evidence[] } }) {
        concluded.push(`diagnose ${view.snapshot.evidence.length}`)
        return { view, verdict: { outcome: 'cause', message: 's', causes: [{}], unread: [] } }
      },
      chooseProposal() {
        concluded.push('choose')
        return { proposal: {}, message: 's', missing: [] }
      },
      reviewProposal: () => ({ objections: [] }),
    },
    recorder: {
      async read(asked: Question) {
        log.push(`read ${asked.id}`)
        const evidence = { id: `E-${asked.id}`, question: asked, outcome: 'read', tookMs: 1 } as Evidence
        answers.set(asked.id, evidence)
        return evidence
      },
    },
    evidence: {
      async plan(_id: string, _round: number, planned: Question[]) {
        for (const question of planned) questions.set(question.id, question)
        return planned.map(({ id }) => id).filter(id => !answers.has(id))
      },
      question: async (_id: string, id: string) => questions.get(id),
      answers: async () => [...answers.values()],
    },
    record: {
      begin: async () => Scope.parse({ since: '2026-01-01T00:00:00Z' }),
      load: async () => ({ scope: {}, request: null, verdict: { outcome: 'cause', causes: [] } }),
      saveVerdict: async () => {},
      addEntry: async () => {},
      report: async () => void log.push('report'),
      remember: async () => void log.push('remember'),
    },
    actions: {
      submit: async () => ({ actionId: 'A1', state: 'awaiting-approval' }),
      async execute() {
        log.push('execute')
        return 'verifying'
      },
      verify: async () => 'recovered',
      async undo() {
        log.push('undo')
        return 'undone'
      },
    },
    log: createLog({ service: 'test', level: 'silent' }),
    now: () => new Date(),
    parallelReads: 2,
  } as unknown as InvestigationDeps
  change(deps, log)
  const checkpointer = new MemorySaver()
  /** A process of its own: nothing but the checkpoints and the record is left of the one before. */
  const startProcess = () => {
    const graph = investigateGraph(deps, checkpointer)
    const advance = (state?: ActionState, more: { stepBudget?: number; mayAct?: boolean } = {}) =>
      advanceThread({
        graph,
        investigationId: ID,
        decisionOn: async actionId => (state ? { actionId, state } : undefined),
        mayAct: true,
        signal: new AbortController().signal,
        ...more,
      })
    return { graph, advance }
  }
  return { ...startProcess(), startProcess, log, concluded, deps }
}

test('a thread stops at the gate without having acted, and stays there while the action is undecided', async () => {
  const { advance, log } = setUp()
  expect(await advance()).toBe('waiting')
  expect(await advance()).toBe('waiting')
  expect(log).toEqual(['read a', 'read b', 'read c'])
})

test('a decision resumes a thread: nothing before the gate runs again, and resuming a finished thread does nothing', async () => {
  const { advance, log } = setUp()
  await advance()
  expect(await advance('approved')).toBe('done')
  expect(await advance('approved')).toBe('done')
  expect(log).toEqual(['read a', 'read b', 'read c', 'execute', 'report', 'remember'])
})

test.each(['rejected', 'expired', 'superseded', 'refused'] as const)(
  'an action that is %s is not executed',
  async state => {
    const { advance, log } = setUp()
    await advance()
    await advance(state)
    expect(log).toEqual(['read a', 'read b', 'read c', 'report', 'remember'])
  },
)

test('a run that may not act ends at the gate, also where policy approves at once, and one that may continues there', async () => {
  const { advance, log } = setUp()
  expect(await advance('approved', { mayAct: false })).toBe('decided')
  expect(await advance('approved', { mayAct: false })).toBe('decided')
  expect(log).toEqual(['read a', 'read b', 'read c'])
  expect(await advance('approved')).toBe('done')
  expect(log.slice(3)).toEqual(['execute', 'report', 'remember'])
})

test('a resume names its interrupt', async () => {
  const { graph, advance } = setUp()
  await advance()
  const { tasks } = await graph.getState({ configurable: { thread_id: ID } })
  expect(tasks.flatMap(task => task.interrupts)).toEqual([
    { id: expect.stringMatching(/^[0-9a-f]{32}$/), value: { actionId: 'A1' } },
  ])
})

test('checkpoints hold references, as plain JSON', async () => {
  const { graph, advance } = setUp()
  await advance()
  const { values } = await graph.getState({ configurable: { thread_id: ID } })
  expect(values).toEqual({
    investigationId: ID,
    round: 2,
    pending: [],
    evidence: ['E-a', 'E-b', 'E-c'],
    outcome: 'cause',
    actionId: 'A1',
    actionState: 'awaiting-approval',
  })
  expect(JSON.parse(JSON.stringify(values))).toEqual(values)
})

test('each set of evidence is diagnosed once, and the proposal is chosen once', async () => {
  const { advance, concluded } = setUp()
  await advance()
  expect(concluded).toEqual(['diagnose 0', 'diagnose 3', 'choose'])
})

test('another process concludes the same again from the evidence, and goes on', async () => {
  const { advance, startProcess, deps, concluded, log } = setUp()
  const { submit } = deps.actions
  deps.actions.submit = async () => {
    throw new Error('the process ends here')
  }
  await expect(advance()).rejects.toThrow('the process ends here')
  deps.actions.submit = submit
  concluded.length = 0
  expect(await startProcess().advance()).toBe('waiting')
  expect(concluded).toEqual(['diagnose 3', 'choose'])
  expect(log).toEqual(['read a', 'read b', 'read c'])
})

test('an action that did not help is undone, once', async () => {
  const { advance, log } = setUp(deps => {
    deps.actions.verify = async () => 'worse'
  })
  await advance()
  await advance('approved')
  expect(log.slice(3)).toEqual(['execute', 'undo', 'report', 'remember'])
})

test('a bug is not retried, an unavailable system is', async () => {
  const { advance, log } = setUp((deps, done) => {
    deps.actions.execute = async () => {
      done.push('execute')
      throw new TypeError('bug')
    }
  })
  await advance()
  await expect(advance('approved')).rejects.toThrow('bug')
  expect(log.filter(line => line === 'execute')).toHaveLength(1)

  const away = setUp((deps, done) => {
    deps.record.report = async () => {
      done.push('report')
      if (done.filter(line => line === 'report').length < 3)
        throw new ExpectedError('unavailable', 'AWAY', 'The system is away.')
    }
  })
  await away.advance()
  expect(await away.advance('rejected')).toBe('done')
  expect(away.log.filter(line => line === 'report')).toHaveLength(3)
})

test('when one of several reads breaks, the others are kept and only that one is repeated', async () => {
  let isBroken = true
  const { advance, log } = setUp((deps, done) => {
    const { read } = deps.recorder
    deps.recorder.read = async (asked, context) => {
      if (asked.id !== 'b' || !isBroken) return read(asked, context)
      done.push('broken b')
      throw new Error('store is broken')
    }
  })
  await expect(advance()).rejects.toThrow('store is broken')
  isBroken = false
  await advance()
  expect(log.filter(line => line.startsWith('read')).toSorted()).toEqual(['read a', 'read b', 'read c'])
})

test('a read that waits for its place gives it back to what became more urgent, once', async () => {
  let isUrgentRunning = false
  const taken: string[] = []
  const { advance, log } = setUp(deps => {
    const { read } = deps.recorder
    deps.parallelReads = 1
    deps.precedence = {
      isFirst: () => !isUrgentRunning,
      async yieldStep(_id, node) {
        taken.push(node)
      },
    }
    deps.recorder.read = (asked, context) => {
      isUrgentRunning = true
      return read(asked, context)
    }
  })
  await advance()
  expect(log.filter(line => line.startsWith('read')).toSorted()).toEqual(['read a', 'read b', 'read c'])
  // Three reads, of which two gave their place back.
  expect(taken.filter(node => node === 'collect')).toHaveLength(5)
})

test('there are at most three rounds of questions', async () => {
  const { advance, log } = setUp(deps => {
    deps.engine.planQuestions = ({ round }) => [question(`round-${round}`)]
  })
  await advance()
  expect(log).toEqual(['read round-1', 'read round-2', 'read round-3'])
})

test('a preflight that never ends is cut off after two rounds', async () => {
  let asked = 0
  const { advance, log } = setUp(deps => {
    deps.engine.chooseProposal = () => ({
      proposal: null,
      message: 'not yet',
      missing: [question(`preflight-${asked++}`)],
    })
  })
  expect(await advance()).toBe('done')
  expect(log.filter(line => line.startsWith('read preflight'))).toHaveLength(2)
})

test('the step budget counts over all runs of a thread, and exceeding it is an error that a person sees', async () => {
  const budget = { stepBudget: 8 }
  const { advance } = setUp()
  expect(await advance(undefined, budget)).toBe('waiting')
  await expect(advance('approved', budget)).rejects.toMatchObject({ code: 'BUDGET_STEPS' })
  await expect(advance('approved', { stepBudget: 4 })).rejects.toMatchObject({ code: 'BUDGET_STEPS' })
})

test('a drain stops at the next step, and the thread continues from there', async () => {
  const draining = new AbortController()
  const { graph, log } = setUp(deps => {
    const { read } = deps.recorder
    deps.recorder.read = (asked, context) => {
      draining.abort()
      return read(asked, context)
    }
  })
  const options = {
    graph,
    investigationId: ID,
    decisionOn: async () => undefined,
    mayAct: true,
    signal: new AbortController().signal,
  }
  expect(await advanceThread({ ...options, draining: draining.signal })).toBe('drained')
  expect(log).toHaveLength(3)
  expect(await advanceThread(options)).toBe('waiting')
  expect(log).toHaveLength(3)
})
