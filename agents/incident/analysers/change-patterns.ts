/** Matches a change of nearly anything in a pod template. */
export const POD_TEMPLATE = /image|env|command|args|config|secret|volumes|resources/i
/** Matches a change of what a process is configured with. */
export const SETTINGS = /env|config|secret|volume|data/i
