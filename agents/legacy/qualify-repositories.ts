import type { Evidence } from '@goalixa/tools/evidence'
import { formatRepository, parseGitAddress } from '@goalixa/tools/forge/parse-git-address'
import { listAt, stringAt } from '../snapshot/objects/json-path.ts'
import { formatQuestionId, parseQuestionId } from '../snapshot/question-id.ts'

/**
 * Recorded answers about repositories under their names of today. Version 0.1 named a repository by the last two parts of its address,
 * without its host; the addresses are in the answers of the deploy system. What could not be read keeps the id that its verdict has.
 */
export function qualifyRepositories(evidence: readonly Evidence[]): readonly Evidence[] {
  const names = new Map(evidence.flatMap(addressesIn).flatMap(namesOf))
  if (names.size === 0) return evidence
  return evidence.map(answer => {
    const parsed = answer.outcome === 'read' ? parseQuestionId(answer.question.id) : null
    if (parsed === null || !('repo' in parsed)) return answer
    const repo = names.get(parsed.repo)
    if (repo === undefined) return answer
    return { ...answer, question: { ...answer.question, id: formatQuestionId({ ...parsed, repo }) } }
  })
}

function addressesIn({ question, result }: Evidence): string[] {
  if (!question.tool.startsWith('delivery_')) return []
  return [result, ...listAt(result, 'apps')].flatMap(app => stringAt(app, 'repoUrl') ?? [])
}

function namesOf(address: string): [string, string][] {
  const parsed = parseGitAddress(address)
  return parsed === null ? [] : [[parsed.path.split('/').slice(-2).join('/'), formatRepository(parsed)]]
}
