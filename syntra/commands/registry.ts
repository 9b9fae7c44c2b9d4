import { agents } from './agents.command.ts'
import { analyse } from './analyse.command.ts'
import { approve } from './approve.command.ts'
import { ask } from './ask.command.ts'
import type { Command } from './define-command.ts'
import { health } from './health.command.ts'
import { incident } from './incident.command.ts'
import { incidents } from './incidents.command.ts'
import { investigate } from './investigate.command.ts'
import { login } from './login.command.ts'
import { reject } from './reject.command.ts'
import { rejectedAlerts } from './rejected-alerts.command.ts'
import { replay } from './replay.command.ts'
import { rollback } from './rollback.command.ts'
import { version } from './version.command.ts'
import { watch } from './watch.command.ts'

/** Every command, in the order of the help. Surfaces are generated from this table; adding a command is a file and a line. */
export const COMMANDS: readonly Command[] = [
  incidents,
  incident,
  watch,
  replay,
  rejectedAlerts,
  agents,
  health,
  ask,
  investigate,
  rollback,
  approve,
  reject,
  login,
  analyse,
  version,
]
