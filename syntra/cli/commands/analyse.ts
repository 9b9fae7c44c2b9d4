import { readFile } from 'node:fs/promises'
import { analyse as analyseSnapshot } from '@goalixa/agents/incident/analyse'
import { Snapshot } from '@goalixa/agents/incident/snapshot'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import type { Context } from '../context.ts'
import { toJsonText } from '../to-json-text.ts'

/** Prints the verdict of a recorded snapshot as JSON. Needs no server and no cluster. */
export async function analyse({ write }: Pick<Context, 'write'>, { snapshot }: { snapshot: string }) {
  const text = await readFile(snapshot, 'utf8').catch(cause => {
    throw new ExpectedError('missing', 'NO_SUCH_FILE', `--snapshot ${snapshot} can not be read.`, { cause })
  })
  const parsed = Snapshot.safeParse(jsonOf(text, snapshot))
  if (!parsed.success)
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${snapshot} is not a snapshot.`, {
      fields: fieldsOf(parsed.error),
    })
  write(`${toJsonText(analyseSnapshot(parsed.data), 2)}\n`)
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${file} is not JSON.`, { cause })
  }
}
