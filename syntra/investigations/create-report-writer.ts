import type { Narrator } from '@goalixa/agents/model/create-narrator'
import { escapeMarkdown } from '@goalixa/agents/report/escape-markdown'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Dependencies } from '../composition/dependencies.ts'
import type { EvidenceRepository } from './evidence.repository.ts'
import { type ReportFacts, reportFacts } from './report-facts.ts'

type Deps = Pick<Dependencies, 'engine' | 'writeReport'> & {
  pool: Pool
  evidence: EvidenceRepository
  narrate: Narrator | undefined
}

/** Writes the report of an investigation, and below it the narrative of a language model where one is configured. */
export function createReportWriter({ pool, evidence, engine, writeReport, narrate }: Deps) {
  return async (id: string): Promise<{ json: ReportFacts; markdown: string }> => {
    const facts = await reportFacts(pool, evidence, id)
    const markdown = await writeReport(facts)
    if (!narrate) return { json: facts, markdown }
    const read = await evidence.answers(id)
    const story = await narrate({
      investigationId: id,
      verdict: facts.verdict,
      evidence: read,
      snapshot: engine.buildView(facts.scope, read).snapshot,
    })
    return { json: { ...facts, story }, markdown: markdown + toMarkdown(story) }
  }
}

function toMarkdown(story: NonNullable<ReportFacts['story']>): string {
  if (story.length === 0) return ''
  const lines = story.map(({ message, evidence }) => `- ${escapeMarkdown(message)} (${evidence.join(', ')})`)
  return `\n## Narrative by a language model\n\nEach sentence cites recorded evidence; the verdict above does not depend on it.\n\n${lines.join('\n')}\n`
}
