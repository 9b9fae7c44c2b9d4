import { z } from 'zod'
import { LabelName, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'

/** The result of `kubernetes_read_logs`, oldest line first. */
export const ReadLogs = z.object({
  lines: z.array(z.object({ at: z.string().nullable(), text: z.string() })),
})
export type ReadLogs = z.infer<typeof ReadLogs>

export const readLogs = defineTool({
  name: 'kubernetes_read_logs',
  description: 'Reads the last log lines of a container, of the current or the previous run.',
  effect: 'read',
  newestAt: 'end',
  input: z.strictObject({
    namespace: LabelName,
    pod: ObjectName,
    container: LabelName,
    previous: z.boolean().default(false),
    tailLines: z.number().int().min(1).max(5_000).default(200),
    sinceSeconds: z.number().int().min(1).optional(),
  }),
  async run(input, { kubernetes }, signal): Promise<ReadLogs> {
    const text = await kubernetes.readLog(input, signal)
    return { lines: lastLines(text, input.tailLines).map(lineOf) }
  },
})

// Limited even if the server ignores the limit or the log consists of millions of empty lines.
function lastLines(text: string, count: number): string[] {
  const lines: string[] = []
  let end = text.length
  while (end > 0 && lines.length < count) {
    const start = text.lastIndexOf('\n', end - 1)
    if (start + 1 < end) lines.push(text.slice(start + 1, end))
    end = start
  }
  return lines.reverse()
}

const TIMED = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s

function lineOf(line: string): ReadLogs['lines'][number] {
  const [, at, text] = TIMED.exec(line) ?? []
  return at === undefined || text === undefined ? { at: null, text: line } : { at, text }
}
