import { cleanName } from './clean-name.ts'
import type { Project } from './records.ts'

/** Parses a quick-add line: `Draft outline #writing` is a task in the project whose name starts with "writing". */
export function parseQuickAdd(
  line: string,
  projects: readonly Project[],
): { name: string; projectId: string | null } {
  const name = cleanName(line)
  const tag = /(?:^|\s)#(\S+)/.exec(name)
  const prefix = tag?.[1] === undefined ? undefined : normalise(tag[1])
  const matching = projects.filter(
    project => prefix !== undefined && normalise(project.name).startsWith(prefix),
  )
  const project = matching.find(({ name: full }) => normalise(full) === prefix) ?? matching[0]
  if (tag === null || project === undefined) return { name, projectId: null }
  const rest = cleanName(name.replace(tag[0], ' '))
  return rest === '' ? { name, projectId: null } : { name: rest, projectId: project.id }
}

function normalise(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '')
}
