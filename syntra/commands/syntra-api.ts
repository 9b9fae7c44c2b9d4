import type { z } from 'zod'

export type Readiness = { url: string; status: string; checks: Record<string, string> }
export type StreamEvent = { id: string | undefined; data: unknown }

/**
 * Syntra's HTTP API as commands use it, on behalf of the person who runs them; the command line calls it over the network.
 * Throws ExpectedError with the code of the problem that Syntra answered.
 */
export type SyntraApi = {
  get<Schema extends z.ZodType>(path: string, schema: Schema, signal?: AbortSignal): Promise<z.infer<Schema>>
  post<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<z.infer<Schema>>
  text(path: string, accept: string): Promise<string>
  /** Yields the events of a stream, without a gap or a repetition, until the signal aborts. */
  stream(path: string, signal: AbortSignal): AsyncIterable<StreamEvent>
  readiness(): Promise<Readiness>
}
