import { Argument, Option } from 'commander'
import { z } from 'zod'
import type { CommandCard } from '../commands/define-command.ts'

/** The description of an input's member, as JSON Schema returns it. */
const Member = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  default: z.json().optional(),
  description: z.string(),
  /** The placeholder for the value in the help. */
  placeholder: z.string().optional(),
  /** A one-letter option. */
  short: z.string().optional(),
})
type Member = z.infer<typeof Member>

const InputSchema = z.looseObject({
  properties: z.record(z.string(), Member),
  required: z.array(z.string()).default([]),
})

/** Derives arguments and options from a command's input. Throws if a member has no description. */
export function toOptions({ input, positional = [] }: CommandCard): {
  positionals: Argument[]
  options: Option[]
} {
  const { properties, required } = InputSchema.parse(z.toJSONSchema(input, { io: 'input' }))
  const isRequired = (name: string) => required.includes(name)
  const positionals = positional.flatMap(name => {
    const member = properties[name]
    return member ? [new Argument(isRequired(name) ? `<${name}>` : `[${name}]`, member.description)] : []
  })
  const options = Object.entries(properties)
    .filter(([name]) => !positional.includes(name))
    .map(([name, member]) => toOption(name, member, isRequired(name)))
  return { positionals, options }
}

function toOption(name: string, member: Member, isRequired: boolean): Option {
  const { type, description, short, placeholder = type === 'integer' ? 'number' : name } = member
  const long = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  const flags = [...(short ? [`-${short}`] : []), long].join(', ')
  const option = new Option(type === 'boolean' ? flags : `${flags} <${placeholder}>`, description)
  if (member.enum) option.choices(member.enum)
  return option.makeOptionMandatory(isRequired)
}
