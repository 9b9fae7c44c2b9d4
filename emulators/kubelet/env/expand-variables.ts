/**
 * Replaces `$(NAME)` by the variable; `$$` is a `$`, and an unknown name stays as it is written.
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (written, name: string | undefined) => {
    if (written === '$$') return '$'
    return (name === undefined ? undefined : variables[name]) ?? written
  })
}
