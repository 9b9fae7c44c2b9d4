import type { RollbackMethod } from '@goalixa/agents/devops/proposal'
import { planSteps } from '@goalixa/agents/devops/rollback/plan-steps'
import { applicationQuestions, applicationUnchanged, createApplication, readRelease } from './applications.ts'
import type { Remedy } from './remedy.ts'

type Differences = Pick<Remedy, 'name' | 'count'> & {
  method: RollbackMethod
  message: (service: string) => string
}

/** A remedy that rolls an application of Argo CD back to its first deployment, by one of the methods of the real engine. */
export function createApplicationRemedy({ method, message, ...rest }: Differences): Remedy {
  return {
    ...rest,
    risk: 'R3',
    isReversible: true,
    prepare: createApplication,
    questions: applicationQuestions,
    propose(service, snapshot, cause) {
      const release = readRelease(service, snapshot, cause)
      if (release === undefined) return undefined
      return {
        shape: { kind: 'rollback', method },
        app: service,
        message: message(service),
        preconditions: applicationUnchanged(service, release),
        ...planSteps(method, release),
      }
    },
  }
}
