import { defineDecision } from './decide.ts'

export const approve = defineDecision({
  decision: 'approve',
  summary: 'Approve a proposed action',
  question: 'Approve this action?',
  isRequired: true,
  reason: 'reviewed with ada',
})
