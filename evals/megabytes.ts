/** Formats a number of bytes, such as `417 MB`. 0 means unknown: only Linux reports the memory of a process. */
export function megabytes(bytes: number): string {
  return bytes === 0 ? 'unknown' : `${(bytes / 1_048_576).toFixed(0)} MB`
}
