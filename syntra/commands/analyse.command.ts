import { readFile } from 'node:fs/promises'
import { diagnose } from '@goalixa/agents/incident/diagnose'
import { StoredSnapshot } from '@goalixa/agents/snapshot/stored-snapshot'
import { ExpectedError } from '@goalixa/chassis/errors'
import { fieldsOf } from '@goalixa/chassis/problem'
import { z } from 'zod'
import { defineLocalCommand } from './define-command.ts'

/** Beyond this many, a file has one fault many times. */
const MAX_FAULTS = 10
/** Deeper nesting would exhaust the stack of code that walks the snapshot. */
const MAX_DEPTH = 100

export const analyse = defineLocalCommand({
  name: 'analyse',
  summary: 'Print the verdict on a recorded snapshot as JSON',
  details: 'Needs neither a server nor a cluster.',
  effect: 'read',
  role: null,
  input: z.object({
    snapshot: z.string().meta({ description: 'a snapshot as a JSON file', placeholder: 'file' }),
  }),
  examples: [
    {
      command: 'syntra analyse --snapshot snapshot.json',
      explanation: 'the file is the answer of GET /v1/investigations/{id}/snapshot',
    },
  ],
  async run({ snapshot }) {
    const text = await readFile(snapshot, 'utf8').catch(cause => {
      const message = `--snapshot ${snapshot} cannot be read; expected a file that exists and is readable.`
      throw new ExpectedError('missing', 'NO_SUCH_FILE', message, { cause })
    })
    const parsed = StoredSnapshot.safeParse(parseJson(text, snapshot))
    if (parsed.success) return diagnose(parsed.data).verdict
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${snapshot} is not a valid snapshot.`, {
      fields: fieldsOf(parsed.error).slice(0, MAX_FAULTS),
    })
  },
  present: verdict => [{ type: 'json', value: verdict }],
})

function parseJson(text: string, file: string): unknown {
  if (depthOf(text) > MAX_DEPTH)
    throw new ExpectedError(
      'invalid',
      'INVALID_SNAPSHOT',
      `${file} is nested too deeply; expected a snapshot of at most ${MAX_DEPTH} levels.`,
    )
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExpectedError('invalid', 'INVALID_SNAPSHOT', `${file} is not valid JSON.`, { cause })
  }
}

/** The depth to which brackets outside of strings are nested. */
function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let index = 0; index < json.length; index++) {
    const character = json[index]
    if (isString && character === '\\') index++
    else if (character === '"') isString = !isString
    else if (!isString && (character === '[' || character === '{')) depth++
    else if (!isString && (character === ']' || character === '}')) depth--
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
