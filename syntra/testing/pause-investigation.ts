import type { Dependencies } from '../composition/dependencies.ts'

/** The reads of the first round, which is over when the investigation pauses. */
export const READS_BEFORE_PAUSE = ['errors', 'events', 'latency', 'pods']

/** Returns dependencies whose investigation waits for `resume` before it reads the logs, and when it has arrived there. */
export function pauseInvestigation(dependencies: Dependencies) {
  const arrived = Promise.withResolvers<void>()
  const resumed = Promise.withResolvers<void>()
  const createRecorder: Dependencies['createRecorder'] = store => {
    const recorder = dependencies.createRecorder(store)
    return {
      async read(question, context) {
        if (question.id === 'logs') {
          arrived.resolve()
          await resumed.promise
        }
        return recorder.read(question, context)
      },
    }
  }
  return {
    dependencies: { ...dependencies, createRecorder },
    paused: arrived.promise,
    resume: resumed.resolve,
  }
}
