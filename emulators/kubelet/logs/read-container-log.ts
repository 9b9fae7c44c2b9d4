import { readFile } from 'node:fs/promises'
import type { LogLine } from './create-container-log.ts'

/** The options of `kubectl logs`. Times are epoch milliseconds. */
export type LogQuery = { tailLines?: number; sinceMs?: number }

/** Reads the stored lines of one container run, oldest first. A run without output has none. */
export async function readContainerLog(file: string, query: LogQuery): Promise<LogLine[]> {
  const texts = await Promise.all([`${file}.1`, file].map(name => readFile(name, 'utf8').catch(() => '')))
  return selectLines(texts.join(''), query)
}

/** Selects the lines of a stored log that match a query. */
export function selectLines(text: string, { tailLines, sinceMs }: LogQuery): LogLine[] {
  const stored = text.split('\n')
  stored.pop()
  const lines = stored.map(parseLine)
  const recent = sinceMs === undefined ? lines : lines.filter(({ at }) => Date.parse(at) >= sinceMs)
  return tailLines === undefined ? recent : recent.slice(recent.length - Math.min(tailLines, recent.length))
}

function parseLine(stored: string): LogLine {
  const [at = '', stream = '', tag = ''] = stored.split(' ', 3)
  return { at, text: stored.slice(at.length + stream.length + tag.length + 3) }
}
