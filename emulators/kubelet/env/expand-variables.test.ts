import { expect, test } from 'vitest'
import { expandVariables } from './expand-variables.ts'

test('replaces known names, keeps unknown ones, and reads $$ as an escaped $', () => {
  const variables = { HOST: 'core', PORT: '8080' }
  expect(expandVariables('http://$(HOST):$(PORT)/', variables)).toBe('http://core:8080/')
  expect(expandVariables('$(NOBODY) $HOST $$(HOST) $', variables)).toBe('$(NOBODY) $HOST $(HOST) $')
})
