import { expect, test } from 'vitest'
import { z } from 'zod'
import { readConfig, ServiceConfig } from './config.ts'

const Config = ServiceConfig.extend({ DATABASE_URL: z.url() })

test('every invalid setting is reported at once, by name', () => {
  const read = () => readConfig(Config, { PORT: 'eighty', LOG_LEVEL: 'loud' })
  for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) expect(read).toThrow(name)
})

test.each([{}, { PORT: '' }])('a setting that is absent or empty takes its default', absent => {
  const config = readConfig(Config, { ...absent, DATABASE_URL: 'postgres://localhost/x' })
  expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, METRICS_PORT: 9090, DRAIN_SECONDS: 0 })
})

test('an empty setting whose default would be looser is an error', () => {
  const Strict = z.object({ POLICY_DIR: z.string().min(1).optional().meta({ rejectsEmpty: true }) })
  expect(() => readConfig(Strict, { POLICY_DIR: '' })).toThrow('POLICY_DIR')
  expect(readConfig(Strict, {})).toEqual({})
})
