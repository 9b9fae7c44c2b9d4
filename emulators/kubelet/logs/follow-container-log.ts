import { readFileSync } from 'node:fs'
import type { ContainerLog, LogLine } from './create-container-log.ts'
import { type LogQuery, selectLines } from './read-container-log.ts'

/**
 * Passes on the stored lines of a container run, then each new line, without a gap: reading and subscribing happen in
 * one turn of the event loop, and the log is written synchronously. Returns a function that stops.
 */
export function followContainerLog(
  log: ContainerLog,
  query: LogQuery,
  onLine: (line: LogLine) => void,
  onEnd: () => void,
): () => void {
  const texts = [`${log.file}.1`, log.file].map(readIfThere)
  for (const line of selectLines(texts.join(''), query)) onLine(line)
  log.follow(onLine, onEnd)
  return () => log.unfollow(onLine, onEnd)
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
