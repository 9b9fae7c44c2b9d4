import pc from 'picocolors'
import { z } from 'zod'
import { readLogin } from '../cli-config.ts'
import type { Context } from '../context.ts'
import { toJsonText } from '../to-json-text.ts'

const Ready = z.object({ status: z.string(), checks: z.record(z.string(), z.string()).default({}) })

/** Asks Syntra whether it is ready. Resolves with false if it is not. */
export async function health({ env, isJson, write }: Context, options: { url?: string }): Promise<boolean> {
  const { url } = await readLogin(options, env)
  const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  )
  const ready = answer ? Ready.safeParse(await answer.json().catch(() => undefined)) : undefined
  const result = ready?.success ? ready.data : { status: 'unreachable', checks: {} }
  if (isJson) write(`${toJsonText({ url, ...result }, 2)}\n`)
  else {
    write(`${result.status === 'ok' ? pc.green('ok') : pc.red(result.status)}  ${url}\n`)
    for (const [name, state] of Object.entries(result.checks))
      write(`  ${state === 'ok' ? pc.green('ok') : pc.red(state)}  ${name}\n`)
  }
  return result.status === 'ok'
}
