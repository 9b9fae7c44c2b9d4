import { afterEach, expect, it, vi } from 'vitest'

const TABLE = ['a', 'b', 'c'] as const

async function chooseIn(run: string) {
  vi.resetModules()
  vi.stubEnv('LONG_TESTS', run)
  return (await import('./choose-rows.ts')).chooseRows
}
afterEach(() => vi.unstubAllEnvs())

it('chooses the representatives in an ordinary run, in the order of the table', async () => {
  const chooseRows = await chooseIn('')
  expect(chooseRows(TABLE, ['c', 'a'])).toEqual(['a', 'c'])
})

it('chooses every row in a long run', async () => {
  const chooseRows = await chooseIn('1')
  expect(chooseRows(TABLE, ['c', 'a'])).toEqual(['a', 'b', 'c'])
})

it('rejects a representative that is not in the table, and a choice of nothing, in every run', async () => {
  const chooseRows = await chooseIn('1')
  expect(() => chooseRows<string>(TABLE, ['d'])).toThrow('"d"')
  expect(() => chooseRows(TABLE, [])).toThrow('at least one')
})
