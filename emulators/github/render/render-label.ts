import type { Label, RepositoryState } from '../store/repository-state.ts'
import { repositoryUrl } from './render-repository.ts'

/** Renders a label as GitHub does. */
export function renderLabel(state: RepositoryState, label: Label, baseUrl: string) {
  return {
    ...label,
    node_id: `LA_${label.id}`,
    url: `${repositoryUrl(state, baseUrl)}/labels/${encodeURIComponent(label.name)}`,
    default: false,
  }
}
