import { defineDecision } from './decide.ts'

export const reject = defineDecision({
  decision: 'reject',
  summary: 'Reject a proposed action',
  question: 'Reject this action?',
  isRequired: false,
  reason: 'the database is the cause',
})
