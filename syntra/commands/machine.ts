import type { SyntraApi } from './syntra-api.ts'

/** Where Syntra is, and the key or token of the person who calls it. */
export type Login = { url: string; key?: string }

/** The machine of the person at the command line, for commands that no other surface offers. */
export type Machine = {
  /** Address and key as given by options, environment or an earlier login. */
  readLogin(): Promise<Login>
  /** Whether the key was given with the command itself. */
  hasKeyOption: boolean
  /** Keeps a login for later calls; resolves with the path of the file. */
  saveLogin(login: Login): Promise<string>
  /** Asks without showing the answer; undefined where nobody can answer. */
  askSecret(question: string): Promise<string | undefined>
  connect(login: Login): SyntraApi
}
