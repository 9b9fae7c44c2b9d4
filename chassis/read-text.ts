import type { Backpressure } from './backpressure.ts'

type Options = {
  maxBytes: number
  /** Creates the error for a longer text; without it the text is truncated. */
  tooLarge?: (() => Error) | undefined
  backpressure?: Backpressure | undefined
}

/** Reads a stream as UTF-8 text up to a limit, and cancels the rest, so that its connection is closed. */
export async function readText(
  stream: AsyncIterable<Uint8Array> | null,
  { maxBytes, tooLarge, backpressure }: Options,
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
    await backpressure?.(chunk.byteLength)
  }
  return text + decoder.decode()
}
