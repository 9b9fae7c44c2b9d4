import { squatBranch } from '../faults/outsiders.ts'
import { prepareService } from '../load/run-service-stream.ts'
import type { PlantedBug } from './planted-bug.ts'
import { proposeAndApprove } from './scripted-run.ts'

/** Another account pushes the branch of a revert first, with a change of its own, and opens the pull request. */
export const foreignKeyTrusted: PlantedBug = {
  name: 'foreign-key-trusted',
  title: "an outsider's idempotency key proves that Syntra made the change",
  edits: [
    { file: 'tools/forge/github/find-revert.ts', find: 'isAccount(account, pull.user)', replace: 'true' },
    {
      file: 'tools/forge/github/prove-revert.ts',
      find: 'return approved !== undefined && tree.sha === approved.tree && message === approved.message',
      replace: 'return true || tree || message',
    },
  ],
  caughtBy: 'merge-content',
  workers: 1,
  async provoke(run) {
    const { system, journal } = run
    const service = await prepareService(system.targets, 'revert-heals-001')
    await proposeAndApprove(run, service, ({ id }) => squatBranch(system.targets, journal, service, id))
  },
}
