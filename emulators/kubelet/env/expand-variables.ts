/**
 * Replaces `$(NAME)` by the variable; `$$` becomes `$`, and unknown names are left unchanged. Source:
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (written, name: string | undefined) => {
    if (written === '$$') return '$'
    return (name === undefined ? undefined : variables[name]) ?? written
  })
}
