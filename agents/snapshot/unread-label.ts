/** What could not be read, for people: the question, and the part of its answer that is missing. */
export function unreadLabel({ question, part }: { question: string; part?: string }): string {
  return part === undefined ? question : `${question}/${part}`
}
