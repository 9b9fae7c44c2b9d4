/** The states of an action, from the proposal to its end. */
export const ACTION_STATES = [
  'proposed',
  'refused',
  'awaiting-approval',
  'approved',
  'rejected',
  'expired',
  'superseded',
  'executing',
  'verifying',
  'undoing',
  'succeeded',
  'undone',
  'failed',
  'handed-over',
] as const
export type ActionState = (typeof ACTION_STATES)[number]
