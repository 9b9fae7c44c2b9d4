/** Whether a file is in a folder; null is the whole repository. */
export function isInsideFolder(path: string | null, folder: string | null): boolean {
  return path !== null && (folder === null || path.startsWith(`${folder}/`))
}
