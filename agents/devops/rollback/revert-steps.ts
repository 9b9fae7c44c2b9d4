import type { Step, UndoStep } from '../proposal.ts'
import type { Release } from './release.ts'

/** Opens the pull request with the revert. */
export function openRevert(release: Release): Step {
  return {
    tool: 'forge_open_revert',
    args: revertArgs(release),
    message: `Open a pull request that reverts ${release.sha?.slice(0, 7)}.`,
  }
}

/** Closes it again; `opened` is the step (from 1) that opened it. */
export function closeRevert({ app }: Release, opened: number): UndoStep {
  const fromOpened = (path: string) => ({ step: opened, path })
  return {
    tool: 'forge_close_revert',
    args: { repo: app?.repo ?? '' },
    from: { number: fromOpened('number'), branch: fromOpened('branch'), sha: fromOpened('sha') },
    message: 'Close the pull request with the revert, if nobody has merged or changed it.',
    undoes: opened,
  }
}

/** Has Argo CD look at Git at once. */
export function refresh({ app }: Release): Step {
  return {
    tool: 'delivery_refresh_app',
    args: { name: app?.name ?? '' },
    message: 'Have Argo CD look at Git now.',
  }
}

function revertArgs({ app, sha }: Release): Step['args'] {
  return { repo: app?.repo ?? '', branch: app?.branch ?? '', sha: sha ?? '' }
}
