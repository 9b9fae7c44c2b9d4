/** The token of an `Authorization: Bearer …` header, or undefined. */
export function parseBearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)\s*$/i.exec(header ?? '')?.[1]
}
