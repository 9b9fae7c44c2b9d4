import type { CommandCard } from '../commands/define-command.ts'

const GROUPS = {
  read: 'Read:',
  propose: 'Propose (nothing is changed without approval):',
  decide: 'Decide:',
  notify: 'Notify:',
}

/** The heading of the help under which a command is listed. */
export function helpGroupOf({ isLocal, effect }: CommandCard): string {
  return isLocal ? 'This machine:' : GROUPS[effect]
}

/** The description in a command's help. */
export function describeCommand({ summary, details, role }: CommandCard): string {
  const needs = role === null ? [] : [`Requires the ${role} role.`]
  return [`${summary}.`, ...(details === undefined ? [] : [details]), ...needs].join(' ')
}

/** The examples below the options. */
export function formatExamples({ examples }: CommandCard): string {
  const lines = examples.flatMap(({ command, explanation }) => [`  # ${explanation}`, `  ${command}`])
  return ['', 'Examples:', ...lines].join('\n')
}
