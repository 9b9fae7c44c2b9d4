import { ExpectedError } from '@goalixa/chassis/errors'
import type { Clients } from '@goalixa/tools/clients'
import type { Tool, WriteTool } from '@goalixa/tools/tool'

type Deps = { tools: readonly Tool[]; clients: Clients; timeoutMs: number }
type Args = Record<string, unknown>

/** Calls tools for the executor: arguments are checked, every call has a deadline, reads and writes are kept apart. */
export function createToolbox({ tools, clients, timeoutMs }: Deps) {
  const byName = new Map(tools.map(tool => [tool.name, tool]))
  return {
    /** Throws `invalid` NO_SUCH_TOOL if there is no read tool of this name, and what the tool throws. */
    async read(name: string, args: Args, signal: AbortSignal): Promise<unknown> {
      const tool = byName.get(name)
      if (tool?.effect !== 'read') throw noSuchTool(name, 'read')
      return tool.run(tool.input.parse(args), clients, deadline(signal))
    },
    /** Resolves with the result if this very effect is in place already, else with undefined. */
    async isDone(name: string, args: Args, signal: AbortSignal): Promise<unknown> {
      const tool = writeTool(name)
      return tool.isDone(tool.input.parse(args), clients, deadline(signal))
    },
    async write(name: string, args: Args, signal: AbortSignal): Promise<unknown> {
      const tool = writeTool(name)
      return tool.run(tool.input.parse(args), clients, deadline(signal))
    },
  }

  function writeTool(name: string): WriteTool {
    const tool = byName.get(name)
    if (tool?.effect !== 'write') throw noSuchTool(name, 'write')
    return tool
  }

  function deadline(signal: AbortSignal) {
    return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  }
}
export type Toolbox = ReturnType<typeof createToolbox>

function noSuchTool(name: string, effect: string) {
  return new ExpectedError('invalid', 'NO_SUCH_TOOL', `There is no ${effect} tool ${name}.`)
}
