import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Connection } from '../connections/connection.ts'
import { createJsonApi } from '../http/json-api.ts'

/** Prometheus's HTTP API v1: the `data` of its answers. Throws `invalid` BAD_QUERY for PromQL that it refuses. */
export function createPrometheusClient(connection: Connection | undefined) {
  const api = createJsonApi({
    system: 'Prometheus',
    prefix: 'PROMETHEUS',
    connection,
    failureOf: (status, body) => {
      const failure = Failure.safeParse(body).data
      return failure && (status === 400 || status === 422)
        ? new ExpectedError(
            'invalid',
            'BAD_QUERY',
            `Prometheus refused the query: ${failure.error.slice(0, 500)}`,
          )
        : undefined
    },
  })
  return {
    /** The `data` of `GET /api/v1/<path>`. */
    async read<S extends z.ZodType>(
      path: string,
      schema: S,
      signal: AbortSignal,
      query: Record<string, string | number | undefined> = {},
    ): Promise<z.infer<S>> {
      const answer = z.looseObject({ status: z.literal('success'), data: schema })
      return (await api.get(`api/v1/${path}`, answer, signal, query)).data as z.infer<S>
    },
  }
}
export type PrometheusClient = ReturnType<typeof createPrometheusClient>

const Failure = z.looseObject({ status: z.literal('error'), error: z.string() })
