import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { quote } from '../../snapshot/text/quote.ts'
import { isNamedByScope } from '../findings/named-by-scope.ts'
import { defineAnalyser } from './define-analyser.ts'

/** Nodes that are NotReady and have pods of the namespace, or that the scope names. Any other node of the cluster does not matter here. */
export const nodes = defineAnalyser({
  needs: mergeNeeds(PODS, { kinds: ['Node'] }),
  findings: {
    NODE_NOT_READY: {
      title: 'A node is NotReady; its pods are affected.',
      layer: 'infrastructure',
      kind: 'environment',
      basis: 'observation',
      effects: ['down', 'slow', 'errors'],
      cause: { plain: 'NODE_NOT_READY' },
      mechanism: null,
      advice: 'Check the node. The workloads on it are not the cause.',
    },
  },
  run: view => {
    const used = new Set(view.pods.filter(pod => !pod.isCompleted).map(pod => pod.node))
    return view.objectsOf('Node').flatMap(({ evidence, object }) => {
      const { name } = object.metadata
      const ready = listAt(object, 'status.conditions').find(
        condition => stringAt(condition, 'type') === 'Ready',
      )
      if (ready === undefined || stringAt(ready, 'status') === 'True') return []
      const subject = { kind: 'Node', namespace: null, name }
      if (!used.has(name) && !isNamedByScope(view, subject)) return []
      return [
        {
          code: 'NODE_NOT_READY',
          subject,
          service: null,
          onset: stringAt(ready, 'lastTransitionTime'),
          message: `node ${name} is NotReady: ${quote(stringAt(ready, 'message') ?? '')}`,
          evidence: [evidence],
        },
      ]
    })
  },
})
