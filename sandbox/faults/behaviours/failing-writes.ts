import pg from 'pg'

// A release that omits a column: every INSERT and UPDATE violates a constraint, while reads keep working.
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown

Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...args: unknown[]) {
    const [statement] = args
    const text = typeof statement === 'string' ? statement : (statement as { text?: string })?.text
    if (
      !/^\s*(insert|update|with\b[\s\S]*\b(insert|update))\b/i.test(text ?? '') ||
      /\bmigrations\b/.test(text ?? '')
    )
      return query.apply(this, args)
    const error = Object.assign(new Error('null value in column "origin" violates not-null constraint'), {
      code: '23502',
    })
    const callback = args.at(-1)
    if (typeof callback === 'function') return callback(error)
    return Promise.reject(error)
  },
})
