import { readFile } from 'node:fs/promises'
import { diagnose } from '@goalixa/agents/incident/diagnose'
import { StoredSnapshot } from '@goalixa/agents/snapshot/stored-snapshot'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import type { Context } from '../context.ts'
import { toJsonText } from '../to-json-text.ts'

/** More faults than this are one fault many times. */
const MOST_FAULTS = 10
/** What is nested deeper would exhaust the stack of whoever walks through it. */
const DEEPEST = 100

/** Prints the verdict of a recorded snapshot as JSON. Needs no server and no cluster. */
export async function analyse({ write }: Pick<Context, 'write'>, { snapshot }: { snapshot: string }) {
  const text = await readFile(snapshot, 'utf8').catch(cause => {
    throw new ExpectedError('missing', 'NO_SUCH_FILE', `--snapshot ${snapshot} can not be read.`, { cause })
  })
  const parsed = StoredSnapshot.safeParse(jsonOf(text, snapshot))
  if (!parsed.success)
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${snapshot} is not a snapshot.`, {
      fields: fieldsOf(parsed.error).slice(0, MOST_FAULTS),
    })
  write(`${toJsonText(diagnose(parsed.data).verdict, 2)}\n`)
}

function jsonOf(text: string, file: string): unknown {
  if (depthOf(text) > DEEPEST)
    throw new ExpectedError(
      'invalid',
      'INVALID_SNAPSHOT',
      `${file} is nested more than ${DEEPEST} levels deep, and no snapshot is.`,
    )
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${file} is not JSON.`, { cause })
  }
}

/** How deep the brackets outside of texts are nested. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let isText = false
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]
    if (isText && sign === '\\') at++
    else if (sign === '"') isText = !isText
    else if (!isText && (sign === '[' || sign === '{')) depth++
    else if (!isText && (sign === ']' || sign === '}')) depth--
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
