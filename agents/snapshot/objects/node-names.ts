import type { KubernetesObject } from '../snapshot.ts'
import { listAt, stringAt } from './json-path.ts'

/** Whether a node bears this name, or has it as one of its addresses: exporters often know a node only by address. */
export function isNodeNamed(node: KubernetesObject, name: string): boolean {
  if (node.metadata.name === name) return true
  return listAt(node, 'status.addresses').some(address => stringAt(address, 'address') === name)
}
