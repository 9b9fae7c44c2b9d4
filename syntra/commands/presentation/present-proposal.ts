import { describeClassification } from '@goalixa/agents/catalog/describe-classification'
import { describeRecovery } from '@goalixa/agents/devops/verification/describe-recovery'
import type { ActionView } from '../../actions/actions.schema.ts'
import { type Block, bullet, heading, list, muted, paragraph, type Text } from './blocks.ts'

/**
 * Presents a proposal to the people who decide on it: what, why, risk, steps, undo, verification, rejected methods, warnings, expiry.
 * `shownInvestigation`: the id of the investigation whose verdict is shown above; if it is the proposal's own, the reason is not repeated.
 */
export function presentProposal(action: ActionView, shownInvestigation?: string): Block[] {
  const { id, proposal, state, stateDigest, expiresAt, pendingRevert } = action
  const { risk, classification, method, target, steps, undo, verification, handoff, rejected, warnings } =
    proposal
  return [
    heading(`Proposal: ${proposal.message}`),
    ...(shownInvestigation === action.investigationId ? [] : [paragraph(proposal.why)]),
    paragraph(
      `risk ${risk} · method ${method} · target ${target.kind} ${target.name}${target.cluster ? ` in cluster ${target.cluster}` : ''} · ${state}`,
    ),
    ...(classification ? [paragraph(muted(describeClassification(classification)))] : []),
    list(steps.map((step, index) => ({ marker: { text: `${index + 1}.` }, text: step.message }))),
    list([
      {
        marker: bullet,
        text:
          'steps' in undo
            ? `undo (completed steps only): ${undo.steps.map(step => step.message).join(' ')}`
            : `cannot be undone: ${undo.irreversible}`,
      },
      ...(proposal.pendingRevert
        ? [{ marker: bullet, text: `later: ${proposal.pendingRevert.message}` }]
        : []),
      ...(handoff ? [{ marker: bullet, text: `then: ${handoff}` }] : []),
      ...(pendingRevert
        ? [{ marker: bullet, text: { text: pendingRevert.message, tone: 'attention' as const } }]
        : []),
      {
        marker: bullet,
        text: `recovered when: ${describeRecovery(verification.recovered).join('; ')}`,
      },
      ...rejected.map(({ method: other, why }) => ({ marker: bullet, text: muted(`not ${other}: ${why}`) })),
      ...warnings.map(warning => ({
        marker: { text: '!', tone: 'attention' as const },
        text: warning as Text,
      })),
    ]),
    paragraph(muted(`action ${id}, bound to state ${stateDigest.slice(0, 12)}, expires ${expiresAt}`)),
  ]
}
