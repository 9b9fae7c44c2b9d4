import type { Kind } from '@goalixa/tools/kubernetes/kinds'
import type { SignalName } from '../signals/signals.ts'
import type { QuestionKind } from './question-id.ts'

/** A question whose answer is neither a list of objects nor a signal. */
export type ReadKind = Exclude<QuestionKind, 'objects' | 'series' | 'model'>

/** What a part of the engine looks at. The planner asks for the union of all needs and for nothing else. */
export type Needs = {
  kinds: readonly Kind[]
  signals: readonly SignalName[]
  reads: readonly ReadKind[]
}
