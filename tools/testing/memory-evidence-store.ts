import type { Evidence } from '../evidence.ts'
import type { EvidenceStore } from '../recorder.ts'

/** An evidence store for tests, which keeps what a real one promises: the first writer of a question wins. */
export function createMemoryEvidenceStore(): EvidenceStore & { all(investigationId: string): Evidence[] } {
  const kept = new Map<string, Map<string, Evidence>>()
  const of = (investigationId: string) => {
    const evidence = kept.get(investigationId) ?? new Map<string, Evidence>()
    kept.set(investigationId, evidence)
    return evidence
  }
  return {
    find: async (investigationId, questionId) => of(investigationId).get(questionId),
    save: async (investigationId, unsaved) => {
      const evidence = of(investigationId)
      const saved = evidence.get(unsaved.question.id) ?? {
        ...unsaved,
        id: `E${evidence.size + 1}`,
      }
      evidence.set(unsaved.question.id, saved)
      return saved
    },
    all: investigationId => [...of(investigationId).values()],
  }
}
