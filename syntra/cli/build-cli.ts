import { Command } from 'commander'
import scope from '../package.json' with { type: 'json' }
import { agents } from './commands/agents.ts'
import { analyse } from './commands/analyse.ts'
import { ask } from './commands/ask.ts'
import { decide } from './commands/decide.ts'
import { health } from './commands/health.ts'
import { incident } from './commands/incident.ts'
import { incidents } from './commands/incidents.ts'
import { investigate } from './commands/investigate.ts'
import { login } from './commands/login.ts'
import { refused } from './commands/refused.ts'
import { replay } from './commands/replay.ts'
import { rollback } from './commands/rollback.ts'
import { watch } from './commands/watch.ts'
import { type Context, contextOf } from './context.ts'

type Io = Pick<Context, 'isTerminal' | 'signal' | 'write' | 'env'> & {
  columns?: number
  /** Where wrong usage is told; stderr by default. */
  writeError?: (text: string) => void
  setExitCode: (code: number) => void
}

const AFTER_HELP = `
Exit codes:
  0    done
  1    it did not work, or the answer is "no" (replay: not the same; health: not ready)
  2    wrong usage: an option, an argument or a file
  130  stopped by Ctrl-C

With --json a failure is one JSON object {code, message, fields} on stderr. NO_COLOR=1 turns colours off.`

/** The command line as a table of commands; each is a file in `commands/`. Wrong usage throws CommanderError, it never exits. */
export function buildCli(io: Io): Command {
  const program = new Command('syntra')
    .description('Investigates alerts, explains causes with evidence, and acts only after approval.')
    .option('--url <url>', 'where Syntra answers (SYNTRA_URL)')
    .option('--key <key>', 'API key or token (SYNTRA_KEY)')
    .option('--json', 'print JSON, also of what goes wrong')
    .option('--verbose', 'show every read of an investigation')
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.write, ...(io.writeError ? { writeErr: io.writeError } : {}) })
    .version(scope.version, '--version', 'print the version')
    .addHelpText('after', AFTER_HELP)
  const globals = () => program.opts<{ url?: string; key?: string }>()
  const inContext =
    <Args extends unknown[]>(run: (context: Context, ...args: Args) => unknown) =>
    async (...args: [...Args, Command]): Promise<void> => {
      await run(
        contextOf(args.at(-1) as Command, { columns: undefined, ...io }),
        ...(args.slice(0, -1) as unknown as Args),
      )
    }
  const failing = (isFine: boolean) => {
    if (!isFine) io.setExitCode(1)
  }

  program
    .command('login')
    .description('check address and key and keep them')
    .action(inContext(context => login(context, globals())))
  program
    .command('ask <sentence>')
    .description('ask about a service in words')
    .option('-n, --namespace <name>', 'the namespace, if the sentence does not name it')
    .action(inContext(ask))
  program
    .command('incidents')
    .description('list incidents, newest first')
    .option('--state <state>', 'open, resolved or closed')
    .option('-n, --namespace <name>', 'of one namespace')
    .option('--service <name>', 'of one service')
    .option('--limit <number>', 'how many')
    .option('--after <id>', 'the page after this incident')
    .action(inContext(incidents))
  program
    .command('incident [id]')
    .description('show an incident (the newest by default): timeline, verdict, action')
    .option('--report', 'its report as Markdown, or JSON with --json')
    .action(inContext(incident))
  program
    .command('watch [id]')
    .description('show what happens as it happens')
    .action(inContext((context: Context, id: string | undefined) => watch(context, id)))
  for (const decision of ['approve', 'reject'] as const)
    program
      .command(`${decision} <id>`)
      .description(`${decision} the action with this id, or of this incident`)
      .option('--reason <text>', 'why, for the record')
      .option('-y, --yes', 'do not ask')
      .action(
        inContext((context: Context, id: string, options: { reason?: string; yes?: boolean }) =>
          decide(context, decision, id, options),
        ),
      )
  program
    .command('investigate')
    .description('look into a service or an object without an alert')
    .requiredOption('-n, --namespace <name>', 'its namespace')
    .option('--service <name>', 'the service')
    .option('--object <Kind/name>', 'or an object, for example Deployment/core')
    .option('--reason <text>', 'why, for the record')
    .option('--detach', 'do not wait for the verdict')
    .action(inContext(investigate))
  program
    .command('rollback <service>')
    .description('ask for a rollback; it is investigated first and approved by somebody else')
    .requiredOption('-n, --namespace <name>', 'its namespace')
    .action(inContext(rollback))
  program
    .command('analyse')
    .description('print the verdict of a recorded snapshot; needs no server')
    .requiredOption('--snapshot <file>', 'a snapshot as JSON')
    .action(inContext(analyse))
  program
    .command('replay <id>')
    .description('run a stored investigation again and say whether it comes out the same')
    .action(inContext(async (context: Context, id: string) => failing(await replay(context, id))))
  program
    .command('refused')
    .description('alerts that were sent and could not be understood')
    .action(inContext(refused))
  program
    .command('health')
    .description('whether Syntra answers and is ready')
    .action(inContext(async (context: Context) => failing(await health(context, globals()))))
  program
    .command('agents')
    .description('who does what, and every tool')
    .action(inContext(context => agents(context)))
  return program
}
