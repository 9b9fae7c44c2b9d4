import { connectionFailuresOf } from '../../snapshot/logs/connection-failures.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { type Analyser, merged, serviceOfPod, subjectOfPod } from './analyser.ts'

/** Certificates that expired, by logs that do not say whose: then only who needs it is known. */
export const certificates: Analyser = view =>
  merged(
    connectionFailuresOf(view).flatMap(({ how, target, pod: podName, line, at, evidence }) => {
      const pod = view.podNamed(podName)
      if (how !== 'expired' || target !== null || pod === undefined) return []
      return [
        {
          code: 'CERTIFICATE_EXPIRED',
          subject: subjectOfPod(view, pod),
          service: serviceOfPod(view, pod),
          onset: at,
          message: `${serviceOfPod(view, pod) ?? podName} meets an expired certificate: ${quote(line)}`,
          evidence: [evidence],
        },
      ]
    }),
  )
