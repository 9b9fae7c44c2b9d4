/** The annotation, or operation info, that carries the id of the action which made a change. */
export const ACTION_ID_ANNOTATION = 'syntra.goalixa.com/action'
