import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs kubectl with a kubeconfig and returns its output. Throws with its error message. */
export async function runKubectl(kubeconfig: string, args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)('kubectl', ['--kubeconfig', kubeconfig, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  })
  running.child.stdin?.end(input)
  return (await running).stdout
}
