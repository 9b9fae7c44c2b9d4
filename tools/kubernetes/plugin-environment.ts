import { isSecretName } from '../redact.ts'
import type { ExecPlugin } from './exec-plugin.ts'

/**
 * The environment of an exec plugin: what Syntra has, without its own secrets, and what the kubeconfig gives, which may be one of those again. `secrets`
 * are the values that must not be quoted from what the plugin writes.
 */
export function pluginEnvironment(
  { apiVersion, args, env }: ExecPlugin,
  secretSettings: string[],
  own: NodeJS.ProcessEnv,
): { env: NodeJS.ProcessEnv; secrets: string[] } {
  // Plugins that support several versions learn from KUBERNETES_EXEC_INFO which one is expected.
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } }
  const inherited = Object.entries(own).filter(([name, value]) => !isWithheld(name, value, secretSettings))
  const given = (env ?? []).map(({ name, value }): [string, string] => [name, value])
  const secrets = [...Object.entries(own), ...given]
    .filter(([name, value]) => secretSettings.includes(name) || (isSecretName(name) && !isFile(name, value)))
    .map(([, value]) => value ?? '')
  return {
    env: Object.fromEntries([...inherited, ['KUBERNETES_EXEC_INFO', JSON.stringify(info)], ...given]),
    secrets: [...secrets, ...secretArguments(args ?? [])],
  }
}

// KUBECONFIG is withheld where it is not a path but the YAML itself, with its credentials.
function isWithheld(name: string, value: string | undefined, secretSettings: string[]): boolean {
  return secretSettings.includes(name) || (name === 'KUBECONFIG' && /\n|^\s*\{/.test(value ?? ''))
}

// GOOGLE_APPLICATION_CREDENTIALS names a file, which helps whoever reads the message.
function isFile(name: string, value = ''): boolean {
  return name.endsWith('CREDENTIALS') && value.startsWith('/')
}

/** What follows flags such as `--client-secret abc` and `--client-secret=abc`. */
function secretArguments(args: string[]): string[] {
  return args.flatMap((arg, index) => {
    const [, name = '', value = args[index + 1]] = /^--?([\w-]+)(?:=(.*))?$/s.exec(arg) ?? []
    return isSecretName(name) && value !== undefined ? [value] : []
  })
}
