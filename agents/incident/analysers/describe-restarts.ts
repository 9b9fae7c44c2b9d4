/** How often a container was restarted, as a clause: `was restarted once`, `was restarted 4 times`; empty if it never was. */
export function describeRestarts(restarts: number): string {
  if (restarts === 0) return ''
  return restarts === 1 ? 'was restarted once' : `was restarted ${restarts} times`
}
