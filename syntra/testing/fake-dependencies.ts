import type { Engine } from '@goalixa/agents/graphs/ports'
import { createHttpClient } from '@goalixa/chassis/http-client'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import type { Dependencies } from '../composition/dependencies.ts'
import { fakeEngine } from './fake-engine.ts'

/** Called at named points; a crash test kills the process there. */
export type Pass = (point: string) => void

/** Tools that call a target over HTTP, and an engine of a few lines. */
export function fakeDependencies(
  url: string,
  engine: Engine = fakeEngine(),
  pass: Pass = () => {},
): Dependencies {
  const call = createHttpClient({ upstream: 'target', baseUrl: url })
  const ask = async (path: string, signal: AbortSignal) =>
    (await call(path, { signal })).body as { findEffect: boolean; revision: number }
  let watched = 0
  const toolExecutor: ToolExecutor = {
    isNotification: () => false,
    isInProgress: async () => false,
    read(_tool, args, signal) {
      if (args.name === 'watch') watched += 1
      if (args.name === 'watch') pass(`watch:${watched}`)
      return ask(`read/${args.name}`, signal)
    },
    async findEffect(tool, args, signal) {
      pass(`look:${tool}${phaseOf(args)}`)
      const answer = await ask(`look/${tool}?actionId=${args.actionId}`, signal)
      return answer.findEffect ? answer : undefined
    },
    async write(tool, args, signal) {
      pass(`before:${tool}${phaseOf(args)}`)
      const answer = await ask(`change/${tool}?actionId=${args.actionId}`, signal)
      pass(`after:${tool}${phaseOf(args)}`)
      return answer
    },
  }
  return {
    engine,
    toolExecutor,
    createRecorder: store => ({
      async read(question, { investigationId, signal }) {
        const known = await store.find(investigationId, question.id)
        if (known) return known
        const at = new Date().toISOString()
        const result = await ask(`read/${question.args.name}`, signal)
        pass(`read:${question.id}`)
        return store.save(investigationId, {
          question,
          at,
          tookMs: 1,
          outcome: 'read',
          result: { revision: result.revision },
          digest: '',
          cut: [],
          reason: null,
        })
      },
    }),
    writeReport: async facts => `# ${facts.incident.title}\n\n${facts.verdict.message}\n`,
  }
}

function phaseOf({ actionId }: Record<string, unknown>): string {
  return String(actionId).endsWith('-undo') ? ':undo' : ''
}
