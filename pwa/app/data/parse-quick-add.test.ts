import { expect, it } from 'vitest'
import { parseQuickAdd } from './parse-quick-add.ts'

const projects = ['Home', 'Home office', 'Writing'].map(name => ({
  id: name,
  name,
  color: null,
  archived: false,
}))

it.each([
  ['Draft outline #writing', 'Draft outline', 'Writing'],
  ['#wri Draft  outline', 'Draft outline', 'Writing'],
  ['Paint #home', 'Paint', 'Home'],
  ['Paint #homeo', 'Paint', 'Home office'],
  ['Fix issue #42', 'Fix issue #42', null],
  ['C# course', 'C# course', null],
  ['#writing', '#writing', null],
  ['   ', '', null],
])('parses "%s"', (line, name, projectId) => {
  expect(parseQuickAdd(line, projects)).toEqual({ name, projectId })
})
