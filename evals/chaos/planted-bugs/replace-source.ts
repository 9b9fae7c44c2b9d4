/** One edit of a planted bug: the file, from the root of the repository, and the text in it, which has to be there exactly once. */
export type Replacement = { file: string; find: string; replace: string }

/** Returns the source with the bug. Throws if the text to replace is not there exactly once, for example after a refactoring. */
export function replaceSource(source: string, { file, find, replace }: Replacement): string {
  const parts = source.split(find)
  if (parts.length !== 2)
    throw new Error(
      `${file} contains the text of a planted bug ${parts.length - 1} times; expected once. Update the planted bug in evals/chaos/planted-bugs to match the code:\n${find}`,
    )
  return parts.join(replace)
}
