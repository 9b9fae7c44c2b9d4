import pg from 'pg'

// A release with N+1 queries: each read is preceded by many small round trips.
const ROUND_TRIPS = 40
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
// The last statement of each connection: statements must reach the database in order.
const before = new WeakMap<pg.Client, Promise<unknown>>()

Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...args: unknown[]) {
    const [statement] = args
    const text = typeof statement === 'string' ? statement : (statement as { text?: string })?.text
    if (typeof args.at(-1) === 'function') return query.apply(this, args)
    const isList = /^\s*(with|select)\b/i.test(text ?? '')
    const answer = (before.get(this) ?? Promise.resolve()).then(async () => {
      if (isList)
        for (let trip = 0; trip < ROUND_TRIPS; trip++) await query.call(this, 'SELECT pg_sleep(0.01)')
      return query.apply(this, args)
    })
    before.set(
      this,
      answer.catch(() => {}),
    )
    return answer
  },
})
