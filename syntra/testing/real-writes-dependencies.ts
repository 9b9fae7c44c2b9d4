import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { PendingRevert } from '@goalixa/agents/devops/proposal'
import type { Step } from '@goalixa/agents/devops/step'
import { allTools, type ReadToolName } from '@goalixa/tools/catalog'
import { createClients, type ToolSettings } from '@goalixa/tools/create-clients'

import { createToolExecutor } from '../actions/execution/tool-executor.ts'
import type { Dependencies } from '../composition/dependencies.ts'
import { fakeDependencies, type Pass } from './fake-dependencies.ts'
import { sampleEngine } from './sample-engine.ts'

/** Steps of the real write tools, with the settings of their systems. */
export type RealWrites = { tools: ToolSettings; steps: Step[]; pendingRevert?: PendingRevert }

const DEPLOYMENT_READS: ReadonlySet<string> = new Set<ReadToolName>([
  'delivery_get_app',
  'delivery_list_history',
  'forge_compare_commits',
  'forge_contains_commit',
  'forge_get_commit',
  'forge_get_pull_request',
])

/** The target's questions and verdict, with a remedy that the real write tools carry out. */
export function realWritesDependencies(
  targetUrl: string,
  { tools, steps, pendingRevert }: RealWrites,
  pass: Pass,
): Dependencies {
  const engine = sampleEngine()
  const dependencies = fakeDependencies(
    targetUrl,
    {
      ...engine,
      chooseProposal(input) {
        const choice = engine.chooseProposal(input)
        if (choice.proposal === null) return choice
        const { preconditions, target, verification } = choice.proposal
        // The target sees nothing of what is deployed in the real systems.
        const recovered = verification.recovered.filter(({ kind }) => kind !== 'deployed-since')
        return {
          ...choice,
          proposal: {
            ...choice.proposal,
            preconditions: preconditions.filter(({ kind }) => kind !== 'nothing-deployed'),
            target: { ...target, app: pendingRevert?.app ?? null, repo: pendingRevert?.repo ?? null },
            steps,
            pendingRevert,
            verification: { ...verification, recovered },
          },
        }
      },
    },
    pass,
  )
  const real = createToolExecutor({
    tools: allTools,
    clients: createClients(tools),
    readTimeoutMs: 20_000,
    writeTimeoutMs: 20_000,
  })
  return {
    ...dependencies,
    toolExecutor: {
      isNotification: real.isNotification,
      isInProgress: real.isInProgress,
      // What is deployed is read from the real systems, preconditions and recovery from the target.
      read: (tool, args, signal) =>
        DEPLOYMENT_READS.has(tool)
          ? real.read(tool, args, signal)
          : dependencies.toolExecutor.read(tool, args, signal),
      findEffect(tool, args, call) {
        pass(`find:${tool}${phaseOf(args)}`)
        return real.findEffect(tool, args, call)
      },
      async write(tool, args, call) {
        pass(`before:${tool}${phaseOf(args)}`)
        const restore = passRequests(tool, pass)
        let proofs = 0
        const assertLease = async () => {
          await call.assertLease()
          proofs += 1
          pass(`proved:${tool}:${proofs}${phaseOf(args)}`)
        }
        const answer = await real.write(tool, args, { ...call, assertLease }).finally(restore)
        pass(`after:${tool}${phaseOf(args)}`)
        return answer
      },
    },
  }
}

// Published with the headers of a response, before the caller receives it.
const ANSWERED = 'http.client.response.finish'

function phaseOf({ actionId }: Record<string, unknown>): string {
  return String(actionId).endsWith('-later') ? ':later' : ''
}

/** Passes a point at every response to the tool's HTTP requests, through `fetch` or not, before the tool receives it. */
function passRequests(tool: string, pass: Pass): () => void {
  const send = globalThis.fetch
  let count = 0
  const passAnswer = () => {
    count += 1
    pass(`answer:${tool}:${count}`)
  }
  globalThis.fetch = async (...request) => {
    const response = await send(...request)
    passAnswer()
    return response
  }
  subscribe(ANSWERED, passAnswer)
  return () => {
    globalThis.fetch = send
    unsubscribe(ANSWERED, passAnswer)
  }
}
