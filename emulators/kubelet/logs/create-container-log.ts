import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A log line as it is stored and followed; the time is RFC 3339. */
export type LogLine = { at: string; text: string }

type Options = { file: string; maxBytes?: number; now?: () => Date }

/**
 * Writes the log of one container run in the CRI format, `time stream tag line`. At `maxBytes` the file is rotated to
 * `file.1`. Writes are synchronous, one for each chunk, so a reader always finds whole lines.
 */
export function createContainerLog({ file, maxBytes = 10 * 2 ** 20, now = () => new Date() }: Options) {
  mkdirSync(dirname(file), { recursive: true })
  const followers = new Set<(line: LogLine) => void>()
  const endings = new Set<() => void>()
  const unfinished = { stdout: '', stderr: '' }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let descriptor = openSync(file, 'a')
  let size = 0
  let isClosed = false

  function append(stream: 'stdout' | 'stderr', lines: string[]) {
    if (lines.length === 0 || isClosed) return
    const at = now().toISOString().replace('Z', '000000Z')
    size += writeSync(descriptor, lines.map(text => `${at} ${stream} F ${text}\n`).join(''))
    for (const follow of followers) for (const text of lines) follow({ at, text })
    if (size >= maxBytes) rotate()
  }

  function rotate() {
    closeSync(descriptor)
    renameSync(file, `${file}.1`)
    descriptor = openSync(file, 'a')
    size = 0
  }

  return {
    file,
    write(stream: 'stdout' | 'stderr', chunk: Uint8Array) {
      const parts = (unfinished[stream] + decoders[stream].decode(chunk, { stream: true })).split('\n')
      const last = parts.pop() ?? ''
      const isLong = last.length > MAX_LINE_LENGTH
      unfinished[stream] = isLong ? '' : last
      append(stream, isLong ? [...parts, last] : parts)
    },
    /** Ends a last line without a newline, and notifies followers that the log is complete. */
    close() {
      for (const stream of ['stdout', 'stderr'] as const)
        if (unfinished[stream]) append(stream, [unfinished[stream]])
      if (isClosed) return
      isClosed = true
      closeSync(descriptor)
      for (const ended of endings) ended()
    },
    follow(onLine: (line: LogLine) => void, onEnd: () => void) {
      if (isClosed) return onEnd()
      followers.add(onLine)
      endings.add(onEnd)
    },
    unfollow(onLine: (line: LogLine) => void, onEnd: () => void) {
      followers.delete(onLine)
      endings.delete(onEnd)
    },
    remove() {
      rmSync(file, { force: true })
      rmSync(`${file}.1`, { force: true })
    },
  }
}
export type ContainerLog = ReturnType<typeof createContainerLog>

const MAX_LINE_LENGTH = 64 * 1024
