/** A word that an installer replaces: NodeLocal's `__PILLAR__NAME__`, k3s's `%{NAME}%`. CF821 speaks of them, and no other rule. */
export function placeholderIn(text: string): string | undefined {
  if (!text.includes('_') && !text.includes('%')) return undefined;
  return /__PILLAR__[A-Z_]{1,60}__|%\{[A-Z_]{1,60}\}%/u.exec(text)?.[0];
}
