import { boundFetch } from '@goalixa/chassis/bound-fetch'
import { ExpectedError } from '@goalixa/chassis/errors'
import type { BaseChatModel } from '@langchain/core/language_models/chat_models'

export type { BaseChatModel }

/** The settings of a model; `apiKey` may be absent where the provider needs none. */
export type ModelSettings = {
  /** `anthropic:MODEL`, `openai:MODEL` or `ollama:MODEL`. */
  name: string
  baseUrl?: string
  apiKey?: string
  timeoutMs: number
  /** What its requests are sent with; by default the global `fetch`. */
  fetch?: typeof fetch
}

/** The longest answer that is requested, in tokens. */
export const OUTPUT_TOKENS = 2_000

// A stream takes about 300 bytes per token.
const MAX_BYTES = 4_194_304

/** Creates the model that a setting names, without a call. Throws `invalid` BAD_MODEL if it names no known provider. */
export async function createModel({
  name,
  baseUrl,
  apiKey,
  timeoutMs,
  fetch,
}: ModelSettings): Promise<BaseChatModel> {
  const fetchBounded = boundFetch('The model', MAX_BYTES, fetch)
  const [, provider, model] = /^([a-z]+):(.+)$/.exec(name) ?? []
  const common = { model: model ?? '', temperature: 0, maxRetries: 2 }
  // Loaded on demand, so that a process without a model does not load three clients.
  if (provider === 'openai') {
    const { ChatOpenAI } = await import('@langchain/openai')
    return new ChatOpenAI({
      ...common,
      apiKey: apiKey ?? 'none',
      maxTokens: OUTPUT_TOKENS,
      timeout: timeoutMs,
      streamUsage: true,
      configuration: { baseURL: baseUrl, fetch: fetchBounded },
    })
  }
  if (provider === 'anthropic') {
    const { ChatAnthropic } = await import('@langchain/anthropic')
    return new ChatAnthropic({
      ...common,
      apiKey: apiKey ?? 'none',
      maxTokens: OUTPUT_TOKENS,
      anthropicApiUrl: baseUrl,
      clientOptions: { timeout: timeoutMs, fetch: fetchBounded },
    })
  }
  if (provider === 'ollama') {
    const { ChatOllama } = await import('@langchain/ollama')
    return new ChatOllama({ ...common, baseUrl, numPredict: OUTPUT_TOKENS, fetch: fetchBounded })
  }
  throw new ExpectedError(
    'invalid',
    'BAD_MODEL',
    `SYNTRA_MODEL is ${JSON.stringify(name)}; expected anthropic:MODEL, openai:MODEL or ollama:MODEL.`,
  )
}
