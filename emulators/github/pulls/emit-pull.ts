import type { Change } from '../github-context.ts'
import { renderPull } from '../render/render-pull.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'
import type { Pull } from '../store/repository-state.ts'

/** Emits an event of a pull request to the webhooks: opened, synchronize, edited, closed, reopened. */
export async function emitPull(change: Change, pull: Pull, action: string): Promise<void> {
  const { draft, baseUrl, login, emit } = change
  const payload = {
    action,
    number: pull.number,
    pull_request: { ...renderPull(draft, pull, baseUrl), merged: pull.mergedAt !== null, mergeable: null },
    repository: renderRepository(draft, baseUrl),
    sender: renderUser(login, baseUrl),
  }
  emit({ event: 'pull_request', action, payload })
}
