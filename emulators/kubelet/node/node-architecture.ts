import { arch } from 'node:os'

/** Returns the architecture of this machine by its Go name, which labels and images use: amd64, arm64. */
export function nodeArchitecture(): string {
  return arch() === 'x64' ? 'amd64' : arch()
}
