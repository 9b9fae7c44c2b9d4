import type { Project } from './records.ts'

/** What a line of quick-add means: `Draft outline #writing` is a task in the project whose name starts so. */
export function parseQuickAdd(
  line: string,
  projects: readonly Project[],
): { name: string; projectId: string | null } {
  const name = line.trim().replace(/\s+/g, ' ')
  const tag = /(?:^|\s)#(\S+)/.exec(name)
  const wanted = tag?.[1] === undefined ? undefined : squeeze(tag[1])
  const matching = projects.filter(
    project => wanted !== undefined && squeeze(project.name).startsWith(wanted),
  )
  const project = matching.find(({ name: full }) => squeeze(full) === wanted) ?? matching[0]
  if (tag === null || project === undefined) return { name, projectId: null }
  const rest = name.replace(tag[0], ' ').trim().replace(/\s+/g, ' ')
  return rest === '' ? { name, projectId: null } : { name: rest, projectId: project.id }
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '')
}
