/** Page on a plugin of CoreDNS's own tree. */
export function documentationUrl(plugin: string): string {
  // Pages are named as the plugin's directory, which differs for one of them.
  return `https://coredns.io/plugins/${plugin === 'prometheus' ? 'metrics' : plugin}/`;
}
