/** A login as GitHub shows a user. The id is derived from the name: the forge keeps no accounts. */
export function renderUser(login: string, baseUrl: string) {
  return {
    login,
    id: idOf(login),
    node_id: `U_${idOf(login)}`,
    avatar_url: '',
    url: `${baseUrl}/users/${login}`,
    html_url: `${baseUrl}/${login}`,
    type: 'User',
    site_admin: false,
  }
}

function idOf(login: string): number {
  return [...login].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7)
}
