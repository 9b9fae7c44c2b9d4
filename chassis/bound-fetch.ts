import { MAX_ERROR_BYTES } from './max-error-bytes.ts'
import { responseTooLarge } from './response-too-large.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Returns a `fetch` for libraries that make their own calls, by default over the global one. A response of more than `maxBytes`, counted after decompression,
 * fails with `too-large` RESPONSE_TOO_LARGE while it is read, and its connection is closed; the body of an error is truncated.
 */
export function boundFetch(upstream: string, maxBytes: number, send: Fetch = fetch): Fetch {
  return async (input, init) => {
    const response = await send(input, init)
    if (response.body === null) return response
    const limit = response.ok ? limitBytes(upstream, maxBytes) : cutBytes(MAX_ERROR_BYTES)
    return new Response(response.body.pipeThrough(limit), response)
  }
}

function limitBytes(upstream: string, maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw responseTooLarge(upstream, maxBytes)
      controller.enqueue(chunk)
    },
  })
}

/** A stream that ends after `maxBytes`. */
function cutBytes(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = maxBytes
  return new TransformStream({
    transform(chunk, controller) {
      if (left > 0) controller.enqueue(chunk.subarray(0, left))
      left -= chunk.byteLength
      if (left <= 0) controller.terminate()
    },
  })
}
