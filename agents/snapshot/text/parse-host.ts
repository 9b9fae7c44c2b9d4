/** The host in a URL or a `host:port`, lower case, or null where the text names none. */
export function parseHost(text: string): string | null {
  const url = text.match(/^[a-z][a-z0-9+.-]*:\/\/(?:[^@/\s]*@)?([a-z0-9.-]+)(?::\d+)?(?:[/?#]|$)/i)
  const plain = text.match(/^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):\d{2,5}$/i)
  return (url?.[1] ?? plain?.[1])?.toLowerCase() ?? null
}
