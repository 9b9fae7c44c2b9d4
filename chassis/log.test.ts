import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function linesOf(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog({ service: 'test', version: '1.2.3' }, { write: line => lines.push(line) }))
  return lines.join('')
}

test('secrets never reach a line, at the top or one level down', () => {
  const line = linesOf(log =>
    log.info(
      {
        password: 'p-secret',
        user: { token: 't-secret', name: 'Anna' },
        headers: { authorization: 'a-secret', cookie: 'c-secret', 'set-cookie': 's-secret' },
        req: { headers: { authorization: 'r-secret' } },
      },
      'signed in',
    ),
  )
  expect(line).not.toMatch(/[a-z]-secret/)
  expect(JSON.parse(line)).toMatchObject({
    msg: 'signed in',
    service: 'test',
    version: '1.2.3',
    user: { name: 'Anna' },
  })
})

test('an error of PostgreSQL is logged with its message and code, never with the values of the query', () => {
  const inner = Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), {
    code: '23505',
    detail: 'Key (email)=(anna@example.com) already exists.',
    where: 'COPY users, line 1: "anna@example.com"',
  })
  const line = linesOf(log =>
    log.error({ err: new Error('write failed', { cause: inner }) }, 'request failed'),
  )
  expect(JSON.parse(line).err).toMatchObject({
    message: 'write failed',
    cause: { code: '23505', message: inner.message },
  })
  expect(line).not.toContain('anna@example.com')
})
