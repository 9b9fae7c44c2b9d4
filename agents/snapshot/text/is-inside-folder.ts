/** Whether a file lies in a folder; in null, the whole repository, lies every file. */
export function isInsideFolder(path: string | null, folder: string | null): boolean {
  return path !== null && (folder === null || path.startsWith(`${folder}/`))
}
