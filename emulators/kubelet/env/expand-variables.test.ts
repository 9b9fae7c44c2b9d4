import { expect, test } from 'vitest'
import { expandVariables } from './expand-variables.ts'

test('known names are replaced, unknown ones stay, and $$ escapes', () => {
  const variables = { HOST: 'core', PORT: '8080' }
  expect(expandVariables('http://$(HOST):$(PORT)/', variables)).toBe('http://core:8080/')
  expect(expandVariables('$(NOBODY) $HOST $$(HOST) $', variables)).toBe('$(NOBODY) $HOST $(HOST) $')
})
