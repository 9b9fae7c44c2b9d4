import type { Log } from '@goalixa/chassis/log'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import type { Executed, Submitted, Undone, Verified } from '../devops/action-state.ts'
import type { Choice } from '../devops/choice.ts'
import type { Proposal } from '../devops/proposal.ts'
import type { Diagnosis } from '../incident/diagnose.ts'
import type { Verdict } from '../incident/verdict.ts'
import type { TimelineEntry } from '../report/timeline-kinds.ts'
import type { Objection } from '../reviewer/review-proposal.ts'
import type { Scope, Snapshot } from '../snapshot/snapshot.ts'

/** The pure part of Syntra: the same input gives the same output, so any investigation can be replayed. */
export type Engine = {
  planQuestions(input: { scope: Scope; snapshot: Snapshot; round: number; now: string }): Question[]
  buildSnapshot(scope: Scope, evidence: Evidence[]): Snapshot
  diagnose(snapshot: Snapshot): Diagnosis
  chooseProposal(input: { snapshot: Snapshot; verdict: Verdict }): Choice
  reviewProposal(input: { proposal: Proposal; verdict: Verdict; snapshot: Snapshot }): {
    objections: Objection[]
  }
}

/** Reads the world. Never throws for a failed read; one question of one investigation is answered once, ever. */
export type Recorder = {
  read(question: Question, context: { investigationId: string; signal: AbortSignal }): Promise<Evidence>
}

/** What an investigation leaves behind. Every method may be called again after a crash with the same result. */
export type InvestigationRecord = {
  /** Fixes what the investigation is about, the first time; and gives it. */
  begin(id: string): Promise<Scope>
  scope(id: string): Promise<Scope>
  /** What a person wrote when asking for it; null if alerts started it. */
  request(id: string): Promise<string | null>
  /** Numbers the new questions in this order and gives the ids of those that have no answer yet. */
  plan(id: string, round: number, questions: Question[]): Promise<string[]>
  question(id: string, questionId: string): Promise<Question>
  /** All answers, in the order in which they were planned. */
  evidence(id: string): Promise<Evidence[]>
  /** `round`: the verdict rests on the evidence of the rounds so far. */
  saveVerdict(id: string, round: number, verdict: Verdict, snapshot: Snapshot): Promise<void>
  verdict(id: string): Promise<Verdict>
  /** Appends an entry to the incident's timeline. */
  addEntry(id: string, entry: TimelineEntry): Promise<void>
  /** Writes the report from what is recorded. */
  report(id: string): Promise<void>
  /** Keeps what came of it for later incidents and ends the investigation. */
  remember(id: string): Promise<void>
}

/** The action ledger. Every method continues where a crashed call ended. */
export type Actions = {
  submit(input: {
    investigationId: string
    proposal: Proposal
    objections: Objection[]
  }): Promise<{ actionId: string; state: Submitted }>
  execute(actionId: string, signal: AbortSignal): Promise<Executed>
  verify(actionId: string, signal: AbortSignal): Promise<Verified>
  undo(actionId: string, signal: AbortSignal): Promise<Undone>
}

/** More questions for what a person wrote, or where the verdict is inconclusive. May only name read tools. */
export type Advisor = {
  ask(input: {
    investigationId: string
    /** What a person wrote; null when it is about an unknown verdict. */
    text: string | null
    verdict: Verdict | null
    snapshot: Snapshot
    signal: AbortSignal
  }): Promise<Question[]>
}

export type InvestigationDeps = {
  engine: Engine
  recorder: Recorder
  record: InvestigationRecord
  actions: Actions
  advisor?: Advisor
  /** Reads that may run at the same time, in all threads of this process. */
  parallelReads: number
  log: Log
  now: () => Date
  /** Runs around every node: metrics, traces. */
  aroundNode?: <T>(node: string, investigationId: string, work: () => Promise<T>) => Promise<T>
}
