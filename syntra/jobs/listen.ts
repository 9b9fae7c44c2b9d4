import pg from 'pg'

const AGAIN_MS = 1_000

/** Calls back on every NOTIFY of a channel, over a connection of its own that is reopened when it breaks. */
export function listen(databaseUrl: string, channel: string, onNotify: (payload: string) => void) {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let opening = open()

  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await opening
      await client?.end().catch(() => {})
    },
  }

  async function open() {
    const next = new pg.Client({
      connectionString: databaseUrl,
      application_name: `listen:${channel}`,
      keepAlive: true,
    })
    next.on('error', () => {})
    next.once('end', again)
    next.on('notification', ({ payload }) => onNotify(payload ?? ''))
    try {
      await next.connect()
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`)
      client = next
      // Notifications may have been missed meanwhile: an empty payload stands for all of them.
      onNotify('')
    } catch {
      await next.end().catch(() => {})
      again()
    }
  }

  function again() {
    if (isStopped) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      opening = open()
    }, AGAIN_MS)
  }
}
