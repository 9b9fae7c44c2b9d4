import type { Engine } from '@goalixa/agents/graphs/ports'
import { createHttpClient } from '@goalixa/chassis/http-client'
import { findTool } from '@goalixa/tools/catalog'
import { sendUnderLease } from '@goalixa/tools/write-call'
import type { ToolExecutor } from '../actions/execution/tool-executor.ts'
import type { Dependencies } from '../composition/dependencies.ts'
import { sampleEngine } from './sample-engine.ts'
import type { TargetAnswer } from './start-target.ts'

/** Called at named points; a crash test kills the process there. */
export type Pass = (point: string) => void

/** The read that every recovery check makes once, by which checks are counted. */
export const CHECK = 'prometheus_read_alert_rule'

/** Dependencies whose tools call a target over HTTP; arguments are validated by the schemas of the real tools. */
export function fakeDependencies(
  url: string,
  engine: Engine = sampleEngine(),
  pass: Pass = () => {},
): Dependencies {
  const call = createHttpClient({ upstream: 'target', baseUrl: url })
  const ask = async (path: string, signal: AbortSignal, body?: unknown) =>
    (await call(path, { signal, ...(body === undefined ? {} : { method: 'POST', body }) }))
      .body as TargetAnswer
  let checks = 0
  const toolExecutor: ToolExecutor = {
    isNotification: name => {
      const tool = findTool(name)
      return tool.effect === 'write' && tool.isNotification === true
    },
    isInProgress: async () => false,
    read(tool, args, signal) {
      if (tool === CHECK) {
        checks += 1
        pass(`check:${checks}`)
      }
      return ask(`read/${tool}`, signal, findTool(tool).input.parse(args))
    },
    async findEffect(tool, args, { signal }) {
      pass(`find:${tool}${phaseOf(args)}`)
      const answer = await ask(`find/${tool}?actionId=${args.actionId}`, signal)
      return answer.isInPlace ? answer : undefined
    },
    async write(tool, args, { signal, ...lease }) {
      findTool(tool).input.parse(args)
      pass(`before:${tool}${phaseOf(args)}`)
      const answer = await sendUnderLease(lease, () =>
        ask(`change/${tool}?actionId=${args.actionId}`, signal),
      )
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
        const { revision, deployment } = await ask(`read/${question.args.name}`, signal)
        pass(`read:${question.id}`)
        return store.save(investigationId, {
          question,
          at,
          tookMs: 1,
          outcome: 'read',
          result: { revision, deployment },
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
