import type { Evidence } from '@goalixa/tools/evidence'
import { booleanAt, listAt, stringAt } from '../objects/json-path.ts'
import type { Snapshot } from '../snapshot.ts'

/** The log in one answer. */
export function logOf({ id, question, result }: Evidence): Snapshot['logs'] {
  if (question.tool !== 'kubernetes_read_logs') return []
  return [
    {
      evidence: id,
      namespace: stringAt(question.args, 'namespace') ?? '',
      pod: stringAt(question.args, 'pod') ?? '',
      container: stringAt(question.args, 'container') ?? '',
      previous: booleanAt(question.args, 'previous') === true,
      lines: listAt(result, 'lines').flatMap(line => {
        const text = stringAt(line, 'text')
        return text === null ? [] : [{ at: stringAt(line, 'at'), text }]
      }),
    },
  ]
}
