import { arch } from 'node:os'

/** The architecture of this machine by Go's name, which labels and images use: amd64, arm64. */
export function nodeArchitecture(): string {
  return arch() === 'x64' ? 'amd64' : arch()
}
