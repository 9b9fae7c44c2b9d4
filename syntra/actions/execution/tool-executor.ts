import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import type { Clients } from '@goalixa/tools/clients'
import type { Tool, WriteTool } from '@goalixa/tools/tool'
import type { WriteCall } from '@goalixa/tools/write-call'

type Deps = { tools: readonly Tool[]; clients: Clients; readTimeoutMs: number; writeTimeoutMs: number }
type Args = Record<string, unknown>

/** Calls tools for the executor: arguments are checked, every call has a deadline, reads and writes are kept apart. */
export function createToolExecutor({ tools, clients, readTimeoutMs, writeTimeoutMs }: Deps) {
  const byName = new Map(tools.map(tool => [tool.name, tool]))
  return {
    /** Whether a write tool only informs people, so that there is nothing to undo. */
    isNotification: (name: string): boolean => writeTool(name).isNotification === true,
    /** Throws `invalid` NO_SUCH_TOOL if there is no read tool of this name, and what the tool throws. */
    async read(name: string, args: Args, signal: AbortSignal): Promise<unknown> {
      const tool = byName.get(name)
      if (tool?.effect !== 'read') throw noSuchTool(name, 'read')
      return inTime(signal, readTimeoutMs, limit => tool.run(tool.input.parse(args), clients, limit))
    },
    /** Resolves with the result if this action's effect is already in place, else with undefined. */
    async findEffect(name: string, args: Args, call: WriteCall): Promise<unknown> {
      const tool = writeTool(name)
      return inTime(call.signal, readTimeoutMs, signal =>
        tool.findEffect(tool.input.parse(args), clients, { ...call, signal }),
      )
    },
    /** Whether this action has already requested the effect: then it is awaited, not requested again. */
    async isInProgress(name: string, args: Args, call: WriteCall): Promise<boolean> {
      const tool = writeTool(name)
      const { isInProgress = async () => false } = tool
      return inTime(call.signal, readTimeoutMs, signal =>
        isInProgress(tool.input.parse(args), clients, { ...call, signal }),
      )
    },
    async write(name: string, args: Args, call: WriteCall): Promise<unknown> {
      const tool = writeTool(name)
      return inTime(call.signal, tool.timeoutMs ?? writeTimeoutMs, signal =>
        tool.run(tool.input.parse(args), clients, { ...call, signal }),
      )
    },
  }

  function writeTool(name: string): WriteTool {
    const tool = byName.get(name)
    if (tool?.effect !== 'write') throw noSuchTool(name, 'write')
    return tool
  }
}
export type ToolExecutor = ReturnType<typeof createToolExecutor>

function noSuchTool(name: string, effect: string) {
  return new ExpectedError('invalid', 'NO_SUCH_TOOL', `There is no ${effect} tool ${name}.`)
}

// A call that timed out may have taken effect: `unavailable` makes the executor look for it before it calls again.
async function inTime<T>(
  signal: AbortSignal,
  timeoutMs: number,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await Promise.race([work(AbortSignal.any([signal, deadline])), aborted(deadline)])
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new ExpectedError(
      'unavailable',
      'DEADLINE',
      `No answer within ${pluralize(timeoutMs / 1000, 'second')}.`,
      {
        cause: error,
      },
    )
  }
}

function aborted(deadline: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    deadline.addEventListener('abort', () => reject(deadline.reason), { once: true })
  })
}
