import type { Ended } from './pod.ts'

/** Whether a process ended as it should: with exit code 0 and no other reason, such as OOMKilled for one of its children. */
export function isClean({ exitCode, reason }: Ended): boolean {
  return exitCode === 0 && (reason === '' || reason === 'Completed')
}
