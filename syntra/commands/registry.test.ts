import { readdirSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { buildCli } from '../cli/build-cli.ts'
import { toOptions } from '../cli/to-options.ts'
import { COMMANDS } from './registry.ts'

const noIo = {
  isTerminal: false,
  signal: new AbortController().signal,
  write: () => {},
  env: {},
  setExitCode: () => {},
}

test('every command file has a line in the registry', () => {
  const files = readdirSync(import.meta.dirname).filter(name => name.endsWith('.command.ts'))
  expect(COMMANDS.map(({ name }) => `${name}.command.ts`).toSorted()).toEqual(files.toSorted())
})

test('names and former names are taken once', () => {
  const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

describe.each(COMMANDS.map(command => [command.name, command] as const))('%s', (name, command) => {
  it('shows its summary, role, options and examples in its help', () => {
    const cli = buildCli(noIo).commands.find(candidate => candidate.name() === name)
    let help = ''
    cli?.configureOutput({ writeOut: text => (help += text) }).outputHelp()
    const flat = help.replace(/\s+/g, ' ')
    expect(flat).toContain(`${command.summary}.`)
    if (command.role) expect(flat).toContain(`Requires the ${command.role} role.`)
    expect(command.examples.length).toBeGreaterThan(0)
    for (const { command: example, explanation } of command.examples) {
      expect(help).toContain(`  # ${explanation}\n  ${example}`)
      expect(example).toContain(name)
    }
  })

  it('describes every member of its input', () => {
    const { positionals, options } = toOptions(command)
    expect(positionals.length + options.length).toBe(Object.keys(command.input.shape).length)
  })

  it('has an input that JSON Schema can describe', () => {
    expect(z.toJSONSchema(command.input, { io: 'input' })).toMatchObject({ type: 'object' })
  })
})
