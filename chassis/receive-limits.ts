/** How long a client may take to send a request, the largest body over a slow line, and how often the server looks for one that has taken longer. */
export const RECEIVE_LIMITS = { timeoutMs: 120_000, checkEveryMs: 30_000 } as const
