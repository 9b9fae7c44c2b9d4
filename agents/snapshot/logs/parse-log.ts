import type { Evidence } from '@goalixa/tools/evidence'
import type { Snapshot } from '../snapshot.ts'
import { flagAt, listAt, textAt } from '../objects/json-path.ts'

/** The log in one answer. */
export function logOf({ id, question, result }: Evidence): Snapshot['logs'] {
  if (question.tool !== 'kubernetes_read_logs') return []
  return [
    {
      evidence: id,
      namespace: textAt(question.args, 'namespace') ?? '',
      pod: textAt(question.args, 'pod') ?? '',
      container: textAt(question.args, 'container') ?? '',
      previous: flagAt(question.args, 'previous') === true,
      lines: listAt(result, 'lines').flatMap(one => {
        const text = textAt(one, 'text')
        return text === null ? [] : [{ at: textAt(one, 'at'), text }]
      }),
    },
  ]
}
