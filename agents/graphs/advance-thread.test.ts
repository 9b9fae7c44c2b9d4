import { ExpectedError } from '@goalixa/chassis/errors'
import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { expect, test } from 'vitest'
import { advanceThread } from './advance-thread.ts'
import type { InvestigateGraph } from './investigate.graph.ts'

const outage = () =>
  new ExpectedError('unavailable', 'DATABASE_UNAVAILABLE', 'The database cannot be reached.')

/** Advances a thread of which two nodes fail at the same instant, as parallel reads do when a connection breaks. */
function advanceFailing(failures: [Error, Error]) {
  const broken = Promise.withResolvers<void>()
  let waiting = 0
  const fail = (failure: Error) => async () => {
    waiting += 1
    if (waiting === 2) broken.resolve()
    await broken.promise
    throw failure
  }
  const graph = new StateGraph(Annotation.Root({ investigationId: Annotation<string> }))
    .addNode('a', fail(failures[0]))
    .addNode('b', fail(failures[1]))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .addEdge('a', END)
    .addEdge('b', END)
    .compile({ checkpointer: new MemorySaver() })
  return advanceThread({
    graph: graph as unknown as InvestigateGraph,
    investigationId: 'one',
    decisionOn: async () => undefined,
    mayAct: false,
    signal: new AbortController().signal,
  })
}

test('an outage that fails several nodes at the same instant is an outage, which a retry may outlast', async () => {
  await expect(advanceFailing([outage(), outage()])).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'DATABASE_UNAVAILABLE',
  })
})

test('a bug among the failures of an outage is a bug', async () => {
  await expect(advanceFailing([outage(), new TypeError('a bug')])).rejects.toThrow('a bug')
})
