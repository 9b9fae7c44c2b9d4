import { readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import type { Container } from '@goalixa/emulators-shared/kubernetes/objects'
import { readContainerLog } from '../logs/read-container-log.ts'

const MAX_BYTES = 4_096
const LOG = { lines: 80, bytes: 2_048 }

type Options = { container: Container; root: string; logFile: string; exitCode: number }

/**
 * Reads the termination message of a container: its termination message file, or the end of its log if it failed and
 * its policy is FallbackToLogsOnError. Undefined if there is none. Source: Kubernetes, "Determine the Reason for Pod
 * Failure".
 */
export async function readTerminationMessage({
  container,
  root,
  logFile,
  exitCode,
}: Options): Promise<string | undefined> {
  const { terminationMessagePath = '/dev/termination-log', terminationMessagePolicy } = container
  const written = await readFile(join(root, normalize(`/${terminationMessagePath}`))).catch(() => undefined)
  if (written && written.length > 0) return written.subarray(0, MAX_BYTES).toString()
  if (terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined
  const lines = await readContainerLog(logFile, { tailLines: LOG.lines })
  const text = Buffer.from(lines.map(line => `${line.text}\n`).join(''))
  return text.subarray(Math.max(0, text.length - LOG.bytes)).toString() || undefined
}
