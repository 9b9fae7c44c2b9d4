import { Command } from 'commander'
import stringWidth from 'string-width'
import type { Command as Definition } from '../commands/define-command.ts'
import { COMMANDS } from '../commands/registry.ts'
import workspace from '../package.json' with { type: 'json' }
import { describeCommand, formatExamples, helpGroupOf } from './describe-command.ts'
import { type GlobalOptions, type Io, runCommand } from './run-command.ts'
import { toOptions } from './to-options.ts'

const EXIT_CODES = `
Exit codes:
  0    success
  1    failure, or a negative result (replay: verdict changed; health: not ready)
  2    usage error: an option, an argument or a file is invalid
  130  interrupted by Ctrl-C

"syntra login" saves the address and the key. NO_COLOR=1 turns colours off.
With --json a failure is one JSON object {code, message, fields} on stderr.`

/** The command line, generated from the definitions of the commands. Wrong usage throws CommanderError; it never exits. */
export function buildCli(io: Io): Command {
  const program = new Command('syntra')
    .description('Investigates alerts, explains root causes with evidence, and acts only after approval.')
    .option('--url <url>', 'address of Syntra (or SYNTRA_URL)')
    .option('--key <key>', 'API key or token (or SYNTRA_KEY)')
    .option('--json', 'print JSON, including errors')
    .option('--verbose', 'show every read of an investigation')
    .version(workspace.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .showHelpAfterError()
    .exitOverride()
    .configureHelp({ displayWidth: stringWidth, showGlobalOptions: true })
    .configureOutput({ writeOut: io.write, ...(io.writeError ? { writeErr: io.writeError } : {}) })
    .addHelpText('after', EXIT_CODES)
  for (const definition of COMMANDS) addCommand(program, definition, io)
  return program
}

function addCommand(program: Command, definition: Definition, io: Io): void {
  const { positional = [], hasConfirmation } = definition
  const { positionals, options } = toOptions(definition)
  const command = program
    .command(definition.name)
    .aliases([...(definition.aliases ?? [])])
    .summary(definition.summary)
    .description(describeCommand(definition))
    .helpGroup(helpGroupOf(definition))
    .addHelpText('after', formatExamples(definition))
  for (const argument of positionals) command.addArgument(argument)
  for (const option of options) command.addOption(option)
  if (hasConfirmation) command.option('-y, --yes', 'do not ask for confirmation')
  command.action(async () => {
    const { yes = false, ...named } = command.opts<{ yes?: boolean; [option: string]: unknown }>()
    const byPosition = Object.fromEntries(positional.map((name, index) => [name, command.args[index]]))
    await runCommand({
      command: definition,
      input: { ...named, ...byPosition },
      isConfirmed: yes,
      globals: program.opts<GlobalOptions>(),
      io,
    })
  })
}
