/** The annotation, or operation info, that carries the id of the action which made a change. */
export const ACTION_MARK = 'syntra.goalixa.com/action'
