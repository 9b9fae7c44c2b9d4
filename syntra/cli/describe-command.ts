import type { CommandCard } from '../commands/define-command.ts'

const GROUPS = {
  read: 'Read:',
  propose: 'Propose (nothing is changed without approval):',
  decide: 'Decide:',
  notify: 'Notify:',
}

/** Under which heading of the help a command stands. */
export function helpGroupOf({ isLocal, effect }: CommandCard): string {
  return isLocal ? 'This machine:' : GROUPS[effect]
}

/** What the help of a command says above its usage. */
export function describeCommand({ summary, details, role }: CommandCard): string {
  const needs = role === null ? [] : [`Requires the ${role} role.`]
  return [`${summary}.`, ...(details === undefined ? [] : [details]), ...needs].join(' ')
}

/** The examples that stand below the options. */
export function formatExamples({ examples }: CommandCard): string {
  const lines = examples.flatMap(({ command, explanation }) => [`  # ${explanation}`, `  ${command}`])
  return ['', 'Examples:', ...lines].join('\n')
}
