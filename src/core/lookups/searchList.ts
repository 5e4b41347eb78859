/**
 * Whether a name continues a walk through a search list (resolv.conf(5): search, ndots). Names are in presentation format with final dot.
 * `api.shop.svc.cluster.local.` then `api.svc.cluster.local.` does: the first labels are equal, the suffix is another.
 * `a.example.com.` then `b.example.com.` does not.
 * @param base labels that all names of the walk have in common; 0 while only one name was tried
 * @returns the walk's base with `next` in it, or 0 when `next` is another name
 */
export function searchStep(current: string, next: string, base: number): number {
  const a = labelsOf(current);
  const b = labelsOf(next);
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  if (base > 0) {
    // The bare name was the last one to try; and the application's own labels never change within a walk.
    const bareWasLast = a.length === base;
    return bareWasLast || shared < base ? 0 : base;
  }
  // In a namespace named svc, `db.svc.svc.cluster.local.` and `db.svc.cluster.local.` share the namespace as well.
  if (shared > 1 && a[shared] === 'svc' && a[shared - 1] === 'svc') shared--;
  const suffixA = a.slice(shared);
  const suffixB = b.slice(shared);
  if (shared === 0 || suffixA.length + suffixB.length === 0) return 0;
  if (suffixA.length === 0 || suffixB.length === 0) return shared;
  // Both carry a suffix: a search list's entries are the cluster's own domains or share their end. Without that,
  // `www.example.com` after `www.example.org` would pass for one lookup.
  const alike = suffixA.includes('svc') || suffixB.includes('svc') || suffixA.at(-1) === suffixB.at(-1);
  return alike ? shared : 0;
}

/** Labels of a name in presentation format; an escaped dot (`\.`) stays inside its label. Lower case. */
function labelsOf(name: string): string[] {
  const labels: string[] = [];
  let label = '';
  for (let i = 0; i < name.length; i++) {
    const character = name[i]!;
    if (character === '\\') {
      label += character + (name[i + 1] ?? '');
      i++;
    } else if (character === '.') {
      if (label !== '') labels.push(label.toLowerCase());
      label = '';
    } else {
      label += character;
    }
  }
  if (label !== '') labels.push(label.toLowerCase());
  return labels;
}
