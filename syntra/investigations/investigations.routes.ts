import { SnapshotFile, toSnapshotFile } from '@goalixa/agents/snapshot/stored-snapshot'
import type { ServiceApp } from '@goalixa/chassis/build-service'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { Pool } from '@goalixa/chassis/postgres'
import { z } from 'zod'
import type { RequireRole } from '../operators/require-role.ts'
import type { EvidenceHead, EvidenceRepository } from './evidence.repository.ts'
import {
  EvidenceId,
  EvidenceList,
  EvidenceQuery,
  EvidenceView,
  InvestigationView,
  ReplayResult,
  StartInvestigation,
} from './investigations.schema.ts'
import type { InvestigationsService } from './investigations.service.ts'
import { readInvestigation } from './read-investigation.ts'

export type InvestigationsRoutesDeps = {
  pool: Pool
  service: InvestigationsService
  evidence: EvidenceRepository
  signIn: RequireRole
}

const Params = z.object({ id: z.uuid() })
const EvidenceParams = z.object({ id: z.uuid(), evidence: EvidenceId })
const Started = z.object({ id: z.uuid(), incidentId: z.uuid() })

const NO_SUCH_INVESTIGATION = { 404: ['NO_SUCH_INVESTIGATION'] }

/** Investigations: started by people, read with their evidence, replayed. */
export function investigationsRoutes(
  app: ServiceApp,
  { pool, service, evidence, signIn }: InvestigationsRoutesDeps,
) {
  const onRequest = signIn.needs('viewer')

  app.post(
    '/v1/investigations',
    {
      onRequest: signIn.needs('developer'),
      schema: {
        summary: 'Starts an investigation of a service or an object, without an alert.',
        body: StartInvestigation,
        response: { 202: Started },
      },
    },
    async (request, reply) =>
      reply.status(202).send(await service.start(request.body, signIn.of(request).name)),
  )
  app.get(
    '/v1/investigations/:id',
    {
      onRequest,
      schema: {
        summary: 'Shows one investigation with its verdict.',
        params: Params,
        response: { 200: InvestigationView },
        errors: NO_SUCH_INVESTIGATION,
      },
    },
    request => readInvestigation(pool, request.params.id),
  )
  app.get(
    '/v1/investigations/:id/evidence',
    {
      onRequest,
      schema: {
        summary: 'Lists what was read for an investigation.',
        params: Params,
        querystring: EvidenceQuery,
        response: { 200: EvidenceList },
        errors: NO_SUCH_INVESTIGATION,
      },
    },
    async request => {
      const { after, limit } = request.query
      await readInvestigation(pool, request.params.id)
      const heads = await evidence.heads(request.params.id, { after: numberOf(after), limit: limit + 1 })
      const page = heads.slice(0, limit)
      return { evidence: page.map(toLine), next: heads.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
  )
  app.get(
    '/v1/investigations/:id/evidence/:evidence',
    {
      onRequest,
      schema: {
        summary: 'Shows one read with its answer.',
        params: EvidenceParams,
        response: { 200: EvidenceView },
        errors: { 404: ['NO_SUCH_EVIDENCE'] },
      },
    },
    async request => {
      const { id, evidence: wanted } = request.params
      const found = await evidence.numbered(id, numberOf(wanted))
      if (!found)
        throw new ExpectedError(
          'missing',
          'NO_SUCH_EVIDENCE',
          `Investigation ${id} has no evidence ${wanted}.`,
        )
      const { evidenceRemovedAt } = await readInvestigation(pool, id)
      return { ...found, removedAt: evidenceRemovedAt }
    },
  )
  app.get(
    '/v1/investigations/:id/snapshot',
    {
      onRequest,
      schema: {
        summary: 'Returns the snapshot that the verdict rests on, as `syntra analyse` takes it.',
        params: Params,
        response: { 200: SnapshotFile },
        errors: { ...NO_SUCH_INVESTIGATION, 409: ['NOT_BEGUN', 'EVIDENCE_REMOVED'] },
      },
    },
    async request => toSnapshotFile(await service.snapshot(request.params.id)),
  )
  app.post(
    '/v1/investigations/:id/replay',
    {
      onRequest,
      schema: {
        summary: 'Diagnoses the stored evidence again and compares the verdicts.',
        params: Params,
        response: { 200: ReplayResult },
        errors: { ...NO_SUCH_INVESTIGATION, 409: ['NOT_BEGUN', 'EVIDENCE_REMOVED'] },
      },
    },
    request => service.replay(request.params.id),
  )
}

function numberOf(evidenceId: string): number {
  return Number(evidenceId.slice(1))
}

function toLine({ id, round, question, answer }: EvidenceHead) {
  return {
    id,
    round,
    question: question.id,
    tool: question.tool,
    why: question.why,
    outcome: answer?.outcome ?? ('open' as const),
    at: answer?.at ?? null,
    tookMs: answer?.tookMs ?? null,
    digest: answer?.digest ?? null,
    reason: answer?.reason ?? null,
  }
}
