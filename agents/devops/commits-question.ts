import type { Question } from '@goalixa/tools/evidence'
import type { App } from '../snapshot/objects/delivery-app.ts'
import { questionId } from '../snapshot/question-id.ts'

/** The question which commits touched an application's folder; none where repository, branch or folder is not known. */
export function commitsQuestion({ name, repo, branch, path }: App): Question[] {
  if (repo === null || branch === null || path === null) return []
  return [
    {
      id: questionId.commits(name),
      tool: 'forge_list_commits',
      args: { repo, branch, path },
      why: `which commits touched ${path}`,
    },
  ]
}
