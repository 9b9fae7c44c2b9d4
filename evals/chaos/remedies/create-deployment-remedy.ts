import type { WriteToolName } from '@goalixa/tools/catalog'
import type { Targets } from '../system/start-targets.ts'
import {
  createDeployment,
  deploymentQuestion,
  deploymentUnchanged,
  generationIn,
  type ReadDeployment,
  readDeployment,
  releaseDeployment,
} from './deployments.ts'
import type { Change, Remedy } from './remedy.ts'

type Differences = Pick<Remedy, 'name' | 'risk' | 'isReversible'> &
  Pick<Change, 'shape'> & {
    /** Replicas of the Deployment, and its revisions: the last one is the one whose alert fires. */
    before: { replicas: number; revisions: 1 | 2 }
    /** The only tool that this remedy writes with: each of its writes raises the generation by one. */
    tool: WriteToolName
    /** What the effects of the tool are called. */
    what: string
    /** The change of the Deployment that was read. */
    plan(service: string, deployment: ReadDeployment): Pick<Change, 'message' | 'steps' | 'undo'>
  }

/** A remedy that changes a Deployment: counted by the generations that the Deployment has had. */
export function createDeploymentRemedy({ before, tool, what, plan, shape, ...rest }: Differences): Remedy {
  return {
    ...rest,
    async prepare(targets: Targets, service: string) {
      await createDeployment(targets, service, before.replicas)
      if (before.revisions === 2) await releaseDeployment(targets, service)
      return { generation: await generationIn(targets, service) }
    },
    questions: service => [deploymentQuestion(service)],
    propose(service, snapshot) {
      const deployment = readDeployment(service, snapshot)
      if (deployment === undefined) return undefined
      const preconditions = [deploymentUnchanged(service, deployment.metadata.generation)]
      return { shape, app: null, preconditions, ...plan(service, deployment) }
    },
    async count(targets, { name, prepared }) {
      const count = (await generationIn(targets, name)) - Number(prepared.generation)
      return [
        {
          what,
          count,
          steps: [
            { phase: 'do', tool },
            { phase: 'undo', tool },
          ],
        },
      ]
    },
  }
}
