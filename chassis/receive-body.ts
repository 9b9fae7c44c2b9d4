import { type Readable, Transform } from 'node:stream'

// How often it is checked that a body arrives. Chromium repeats what is answered 408 once before the page hears of it, and the app waits for 20 seconds in all.
const WINDOW_MS = 8_000
// 8 kbit/s, an eighth of a slow mobile line (64 kbit/s), which several requests may share.
const MIN_WINDOW_BYTES = 8 * 1024

type Options = {
  /** Called with the bytes of each part before it is passed on. Throws if there is no room for it. */
  take: (bytes: number) => void
  /** Called after each eight seconds in which enough has arrived. Throws if it has to be here by now. */
  onWindow: () => void
  /** The error that ends a body of which too little has arrived in eight seconds. */
  tooSlow: () => Error
}

/**
 * Returns the body of a request as a stream that fails if it arrives at less than 1 KiB per second, or if there is no room for it. Destroy it with
 * an error to end the body earlier. What the client sends after that is dropped, so that it can read the answer.
 */
export function receiveBody(source: Readable, { take, onWindow, tooSlow }: Options): Transform {
  let arrived = 0
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      arrived += chunk.length
      done(
        errorOf(() => take(chunk.length)),
        chunk,
      )
    },
    flush(done) {
      clearInterval(timer)
      done()
    },
  })

  function check() {
    if (body.destroyed || body.writableFinished) return
    const error = arrived < MIN_WINDOW_BYTES ? tooSlow() : errorOf(onWindow)
    if (error) body.destroy(error)
    arrived = 0
  }
  // After what has arrived by now has been read: a busy process must not mistake itself for a slow client.
  const timer = setInterval(() => setImmediate(check), WINDOW_MS).unref()
  // For good: a client may go away after the body has been ended.
  source.on('error', error => body.destroy(error))
  body.once('close', () => {
    clearInterval(timer)
    source.unpipe(body)
    source.resume()
  })
  // A body that no parser reads fails unheard.
  body.on('error', () => {})
  return source.pipe(body)
}

function errorOf(run: () => void): Error | null {
  try {
    run()
    return null
  } catch (error) {
    return error as Error
  }
}
