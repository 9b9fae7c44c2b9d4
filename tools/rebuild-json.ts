import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { type LimitedJson, tooDeep } from './parse-json.ts'
import type { Steps } from './slices/run-in-slices.ts'

/** Where a text is: the field that contains it or its list, the object of that field, and a function that returns its path. */
export type Place = { field: string | null; owner: object | null; path: () => string }

/** How the texts and field names of a value are changed. Whatever is left out is added to `cut`. */
export type Changes = {
  text?: (text: string, place: Place, cut: Cut[]) => string | Steps<string>
  name?: (name: string) => string
}

type Frame = {
  source: Record<string | number, unknown>
  names: string[] | null
  length: number
  index: number
  target: Json[] | Record<string, Json>
  field: string | null
  owner: object | null
  step: string | number
}

// A tool's result may nest a response a few levels deeper.
const DEPTH = LIMITS.depth + 16
// Values, and characters that are searched for secrets: about a millisecond.
const WORK_PER_STEP = 500
const CHARS_PER_WORK = 16

/**
 * Copies a value as JSON in steps, as `JSON.stringify` would (a Date becomes its text, `undefined` is left out, NaN becomes
 * null), and passes its texts and names through the given functions. What is nested too deeply becomes a marker.
 */
export function* rebuildJson(value: unknown, changes: Changes = {}): Steps<LimitedJson> {
  const { text: changeText, name: changeName } = changes
  const cut: Cut[] = []
  const root: Json[] = []
  const stack = [openFrame([value], root, null, null, '')]
  let work = 0
  while (stack.length > 0) {
    work += 1
    if (work >= WORK_PER_STEP) {
      work = 0
      yield
    }
    const frame = stack.at(-1)
    if (frame === undefined || frame.index === frame.length) {
      stack.pop()
      continue
    }
    const step = frame.names?.[frame.index] ?? frame.index
    frame.index += 1
    const part = unwrap(frame.source[step])
    const field = typeof step === 'string' ? step : frame.field
    const owner = typeof step === 'string' ? frame.source : frame.owner
    if (typeof part === 'string') {
      work += part.length / CHARS_PER_WORK
      const place = { field, owner, path: () => pathTo(stack, step) }
      const changed = changeText === undefined ? part : changeText(part, place, cut)
      put(frame, step, typeof changed === 'string' ? changed : yield* changed)
    } else if (part === null || typeof part !== 'object') put(frame, step, scalar(part))
    else if (stack.length > DEPTH) {
      cut.push({ path: pathTo(stack, step), unit: 'levels', kept: DEPTH, total: DEPTH + 1 })
      put(frame, step, tooDeep(DEPTH))
    } else {
      const target = Array.isArray(part) ? [] : {}
      put(frame, step, target)
      stack.push(openFrame(part, target, field, owner, step))
    }
  }
  return { value: root[0] ?? null, cut }

  function put({ target }: Frame, step: string | number, part: Json | undefined): void {
    if (Array.isArray(target)) target.push(part ?? null)
    else if (part !== undefined) {
      const name = changeName === undefined ? String(step) : changeName(String(step))
      // An assignment to `__proto__` would change the prototype instead.
      Object.defineProperty(target, name, {
        value: part,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
  }
}

function openFrame(
  source: object,
  target: Frame['target'],
  field: string | null,
  owner: object | null,
  step: string | number,
): Frame {
  const names = Array.isArray(source) ? null : Object.keys(source)
  const length = Array.isArray(source) ? source.length : (names?.length ?? 0)
  return { source: source as Frame['source'], names, length, index: 0, target, field, owner, step }
}

function unwrap(part: unknown): unknown {
  const { toJSON } = (typeof part === 'object' && part !== null ? part : {}) as { toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(part) : part
}

function scalar(part: unknown): Json | undefined {
  if (typeof part === 'number') return Number.isFinite(part) ? part : null
  return part === null || typeof part === 'boolean' ? part : undefined
}

function pathTo(stack: Frame[], step: string | number): string {
  const steps = [...stack.slice(2).map(frame => frame.step), ...(stack.length > 1 ? [step] : [])]
  return steps.join('.').slice(0, 500)
}
