import type { Log } from '@goalixa/chassis/log'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import type {
  ExecutionResult,
  SubmissionResult,
  UndoResult,
  VerificationResult,
} from '../devops/action-state.ts'
import type { Choice } from '../devops/choice.ts'
import type { Proposal } from '../devops/proposal.ts'
import type { Diagnosis } from '../incident/diagnose.ts'
import type { Verdict } from '../incident/verdict.ts'
import type { TimelineEntry } from '../report/timeline-kinds.ts'
import type { Objection } from '../reviewer/review-proposal.ts'
import type { SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Scope, Snapshot } from '../snapshot/snapshot.ts'

/** The pure part of Syntra: the same input gives the same output, so any investigation can be replayed. */
export type Engine = {
  /** What was read, with its indexes. */
  buildView(scope: Scope, evidence: readonly Evidence[]): SnapshotView
  /** Everything that follows from what was read. */
  diagnose(view: SnapshotView): Diagnosis
  planQuestions(input: { scope: Scope; diagnosis: Diagnosis; round: number; now: string }): Question[]
  chooseProposal(input: { diagnosis: Diagnosis; verdict: Verdict }): Choice
  reviewProposal(input: { proposal: Proposal; verdict: Verdict; snapshot: Snapshot }): {
    objections: Objection[]
  }
}

/** Reads other systems. A read that fails is an answer, never an exception; one question of one investigation is answered once, ever. */
export type Recorder = {
  read(question: Question, context: { investigationId: string; signal: AbortSignal }): Promise<Evidence>
}

/** The questions of an investigation and their answers. */
export type EvidenceLog = {
  /** Numbers the new questions in this order and resolves with the ids of those that have no answer yet. */
  plan(investigationId: string, round: number, questions: Question[]): Promise<string[]>
  question(investigationId: string, questionId: string): Promise<Question>
  /** All answers, in the order in which their questions were planned. */
  answers(investigationId: string): Promise<Evidence[]>
}

/** What an investigation leaves behind. Every method may be called again after a crash with the same result. */
export type InvestigationRecord = {
  /** Fixes what the investigation covers, the first time, and resolves with it. */
  begin(id: string): Promise<Scope>
  /** `request`: what a person wrote when asking for it; null if alerts started it. */
  load(id: string): Promise<{ scope: Scope; request: string | null; verdict: Verdict | null }>
  /** `round`: the verdict rests on the evidence of the rounds so far. */
  saveVerdict(id: string, round: number, verdict: Verdict, snapshot: Snapshot): Promise<void>
  /** Appends an entry to the incident's timeline. */
  addEntry(id: string, entry: TimelineEntry): Promise<void>
  /** Writes the report from what is recorded. */
  report(id: string): Promise<void>
  /** Keeps the outcome for later incidents and ends the investigation. */
  remember(id: string): Promise<void>
}

/** The action ledger. Every method continues where a crashed call ended. */
export type Actions = {
  submit(input: {
    investigationId: string
    proposal: Proposal
    objections: Objection[]
  }): Promise<{ actionId: string; state: SubmissionResult }>
  execute(actionId: string, signal: AbortSignal): Promise<ExecutionResult>
  verify(actionId: string, signal: AbortSignal): Promise<VerificationResult>
  undo(actionId: string, signal: AbortSignal): Promise<UndoResult>
}

/** More questions, for what a person wrote or where the verdict is inconclusive. They may name read tools only. */
export type Advisor = {
  ask(input: {
    investigationId: string
    /** What a person wrote; null where the verdict is inconclusive. */
    text: string | null
    verdict: Verdict | null
    snapshot: Snapshot
    signal: AbortSignal
  }): Promise<Question[]>
}

export type InvestigationDeps = {
  engine: Engine
  recorder: Recorder
  evidence: EvidenceLog
  record: InvestigationRecord
  actions: Actions
  advisor?: Advisor
  /** Reads that may run at the same time, in all threads of this process. */
  parallelReads: number
  log: Log
  now: () => Date
  /** Lets more urgent threads of this process go first; without it, no thread waits for another. */
  precedence?: {
    /** Resolves when the thread may run this node. */
    yieldStep(investigationId: string, node: string): Promise<void>
    isFirst(investigationId: string): boolean
  }
  /** Runs around every node: metrics, traces. */
  aroundNode?: <T>(node: string, investigationId: string, work: () => Promise<T>) => Promise<T>
}
