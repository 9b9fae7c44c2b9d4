import { ExpectedError } from '@goalixa/chassis/errors'
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
    const lines = lastLines(text, input.tailLines).map(lineOf)
    const written = lines.filter(line => !isKubeletError(line))
    const [error] = lines.filter(isKubeletError)
    if (error !== undefined && written.length === 0)
      throw new ExpectedError(
        'missing',
        'LOG_UNAVAILABLE',
        `The kubelet has no log of container ${input.container} of pod ${input.pod}: ${error.text}`,
      )
    return { lines: written }
  },
})

// The kubelet answers 200 before it looks for the log, so that what it writes instead is in the place of a log, but without a time.
const KUBELET_ERRORS =
  /^(?:unable to retrieve container logs for |failed to (?:try resolving symlinks in path|get parse function|open log file|create fsnotify|watch file|stat) |rpc error: code = |an error occurred when try to find container |container "?[^" ]+"? (?:in pod "[^"]+" )?is (?:waiting to start|terminated|not available)|previous terminated container "?[^" ]+"? in pod |Error: No such container: |Internal Server Error$)/i

function isKubeletError({ at, text }: ReadLogs['lines'][number]): boolean {
  return at === null && KUBELET_ERRORS.test(text.trimStart())
}

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
