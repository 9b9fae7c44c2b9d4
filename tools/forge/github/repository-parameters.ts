/** The parameters of a route under `/repos/{owner}/{repo}`, as Octokit takes them. */
export function repositoryParameters(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = repository.split('/')
  return { owner, repo }
}
