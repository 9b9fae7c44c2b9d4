import { createInterface } from 'node:readline/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { ActionView } from '../../actions/actions.schema.ts'
import type { Context } from '../context.ts'
import { findAction } from '../find-action.ts'
import { proposalText } from '../print.ts'
import { toJsonText } from '../to-json-text.ts'

type Options = { reason?: string; yes?: boolean }

/** Approves or rejects what waits for a decision, in exactly the state that it showed. Shows it and asks first, on a terminal. */
export async function decide(
  context: Context,
  decision: 'approve' | 'reject',
  given: string,
  { reason, yes }: Options,
) {
  const { isJson, isTerminal, write, signal } = context
  const syntra = await context.syntra()
  const action = await findAction(syntra, given)
  // What is decided already is refused by Syntra, in its words: nobody is asked for nothing.
  const mustAsk = !yes && action.state === 'awaiting-approval'
  if (mustAsk && !isJson) write(`${proposalText(action)}\n\n`)
  if (mustAsk && isTerminal) {
    if (!(await ask(`${decision === 'approve' ? 'Approve' : 'Reject'} this? [y/N] `, signal)))
      return write('Nothing was decided.\n')
  } else if (mustAsk && decision === 'approve') {
    throw new ExpectedError(
      'invalid',
      'NOT_CONFIRMED',
      'Without a terminal, --yes must confirm the approval.',
    )
  }
  const decided = await syntra.post(
    `/v1/actions/${action.id}/decision`,
    { decision, reason, stateDigest: action.stateDigest },
    ActionView,
  )
  write(
    isJson
      ? `${toJsonText(decided, 2)}\n`
      : `The action is ${decided.state}. \`syntra watch ${decided.incidentId}\` follows it.\n`,
  )
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(question, { signal })).trim())
  } finally {
    terminal.close()
  }
}
