import { z } from 'zod'
import { ActionView } from '../actions/actions.schema.ts'
import { defineCommand } from './define-command.ts'
import { findAction } from './lookup/find-action.ts'
import { paragraph } from './presentation/blocks.ts'
import { presentProposal } from './presentation/present-proposal.ts'

type Words = {
  decision: 'approve' | 'reject'
  summary: string
  question: string
  isRequired: boolean
  reason: string
}

/** Defines a command that decides on an action in exactly the state that was shown. */
export function defineDecision({ decision, summary, question, isRequired, reason: example }: Words) {
  return defineCommand({
    name: decision,
    summary,
    effect: 'decide',
    role: 'operator',
    input: z.object({
      id: z.string().meta({ description: 'id of the action, or of its incident, or its first characters' }),
      reason: z.string().optional().meta({ description: 'why, for the record', placeholder: 'text' }),
    }),
    positional: ['id'],
    examples: [
      { command: `syntra ${decision} 01a1fc58`, explanation: 'show the proposal and ask' },
      {
        command: `syntra ${decision} 01a1fc58 --yes --reason "${example}"`,
        explanation: 'without asking',
      },
    ],
    confirmation: {
      find: ({ id }, { api }) => findAction(api, id),
      // The API rejects a decision on an action that is decided already, and knows why: there is nothing to ask.
      ask: action =>
        action.state === 'awaiting-approval' ? { blocks: presentProposal(action), question } : undefined,
      isRequired,
    },
    run: ({ reason }, { api }, { id, stateDigest }: ActionView) =>
      api.post(`/v1/actions/${id}/decision`, { decision, reason, stateDigest }, ActionView),
    present: ({ state, incidentId }) => [
      paragraph(`The action is ${state}. Follow it with: syntra watch ${incidentId}`),
    ],
  })
}
