import type { Question } from '@goalixa/tools/evidence'
import type { App } from './objects/delivery-app.ts'
import { questionId } from './question-id.ts'
import { isKubernetesName } from './text/is-kubernetes-name.ts'

/** What was deployed of an application, and how the cluster differs from Git. */
export function deploymentQuestions(name: string): Question[] {
  if (!name.split('/').every(isKubernetesName)) return []
  return [
    {
      id: questionId.deliveryHistory(name),
      tool: 'delivery_list_history',
      args: { name },
      why: `deployment history of ${name}`,
    },
    {
      id: questionId.deliveryDiff(name),
      tool: 'delivery_diff_app',
      args: { name },
      why: `differences between ${name} and Git`,
    },
  ]
}

/** What may stop a rollback of an application: closed sync windows, and what its branch requires of a merge. */
export function gateQuestions({ name, repo, branch }: App): Question[] {
  const windows: Question = {
    id: questionId.syncWindows(name),
    tool: 'delivery_read_sync_windows',
    args: { name },
    why: `whether ${name} may be synced now`,
  }
  if (repo === null || branch === null) return [windows]
  return [
    windows,
    {
      id: questionId.branchRules(repo, branch),
      tool: 'forge_read_branch_rules',
      args: { repo, branch },
      why: 'how fast a revert can be merged',
    },
  ]
}

/** What changed between two commits. */
export function compareQuestion(repo: string, base: string, head: string, why: string): Question {
  return {
    id: questionId.compare(repo, base, head),
    tool: 'forge_compare_commits',
    args: { repo, base, head },
    why,
  }
}

/** Which commits touched the folder of an application; none where repository, branch or folder is not known. */
export function commitsQuestions({ name, repo, branch, path }: App): Question[] {
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
