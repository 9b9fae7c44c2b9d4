/** Work that can be interrupted: it yields about every millisecond. */
export type Steps<T> = Generator<undefined, T, undefined>

// A worker's event loop also renews leases and answers probes. Each turn runs one slice, for all work together, so that ten
// large responses at the same time delay it no more than one does. The pause is as long as the slice: a process that never
// pauses is itself paused, by the scheduler of a busy node or by the CPU limit of its container.
const SLICE_MS = 3
const PAUSE_MS = 3
let usedMs = 0
let isResetScheduled = false
const queue: (() => void)[] = []
const chunks: (() => void)[] = []

/** Runs steps in short slices between other work of the event loop; rejects with the signal's reason once it is aborted. */
export async function runInSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted()
    if (usedMs >= SLICE_MS || queue.length > 0) await nextTurn()
    signal?.throwIfAborted()
    const startedAt = performance.now()
    try {
      do {
        const step = steps.next()
        if (step.done) return step.value
      } while (usedMs + performance.now() - startedAt < SLICE_MS)
    } finally {
      usedMs += performance.now() - startedAt
      scheduleReset()
    }
  }
}

/** Maps a list in slices. */
export function mapInSlices<T, U>(
  items: readonly T[],
  convert: (item: T, index: number) => U,
  signal?: AbortSignal,
): Promise<U[]> {
  return runInSlices(mapInSteps(items, convert), signal)
}

/** Runs steps to their end without interruption, for texts that are known to be short. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function* mapInSteps<T, U>(items: readonly T[], convert: (item: T, index: number) => U): Steps<U[]> {
  const converted: U[] = []
  for (const [index, item] of items.entries()) {
    converted.push(convert(item, index))
    yield
  }
  return converted
}

/** Resolves when the next 128 KiB of an answer may be decoded: beside a slice, a turn of the event loop has time for one. */
export function nextChunk(): Promise<void> {
  return new Promise(resolve => {
    chunks.push(resolve)
    scheduleReset()
  })
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    queue.push(resolve)
    scheduleReset()
  })
}

function scheduleReset(): void {
  if (isResetScheduled) return
  isResetScheduled = true
  setTimeout(() => {
    isResetScheduled = false
    usedMs = 0
    queue.shift()?.()
    chunks.shift()?.()
    if (queue.length + chunks.length > 0) scheduleReset()
  }, PAUSE_MS)
}
