import type { Pace } from './pace.ts'

type Options = {
  maxBytes: number
  /** Creates the error for a longer text; without it the text is truncated. */
  tooLarge?: (() => Error) | undefined
  pace?: Pace | undefined
}

/** Reads a stream as UTF-8 text up to a limit, and cancels the rest, so that its connection is closed. */
export async function readText(
  stream: ReadableStream<Uint8Array> | null,
  { maxBytes, tooLarge, pace }: Options,
): Promise<string> {
  if (stream === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  // Leaving the loop early cancels the stream.
  for await (const chunk of stream) {
    if (chunk.byteLength > left && tooLarge !== undefined) throw tooLarge()
    text += decoder.decode(chunk.subarray(0, left), { stream: true })
    left -= chunk.byteLength
    if (left <= 0 && tooLarge === undefined) break
    await pace?.(chunk.byteLength)
  }
  return text + decoder.decode()
}
