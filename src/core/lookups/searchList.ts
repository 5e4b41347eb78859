/**
 * Whether two names look like one name with different search suffixes (resolv.conf(5): search, ndots).
 * Both are in presentation format with final dot. `api.shop.svc.cluster.local.` and `api.svc.cluster.local.` do: the
 * first labels are equal and what follows differs in length. `a.example.com.` and `b.example.com.` do not.
 */
export function sharesFirstLabels(one: string, other: string): boolean {
  const a = labelsOf(one);
  const b = labelsOf(other);
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  const suffixA = a.slice(shared);
  const suffixB = b.slice(shared);
  if (shared === 0 || suffixA.length + suffixB.length === 0) return false;
  if (suffixA.length === 0 || suffixB.length === 0) return true;
  // Both carry a suffix: a search list's entries are the cluster's own domains or share their end. Without that,
  // `www.example.com` after `www.example.org` would pass for one lookup.
  return suffixA.includes('svc') || suffixB.includes('svc') || suffixA.at(-1) === suffixB.at(-1);
}

/** The labels two names have in common from the left: what the application most likely wrote. */
export function commonBase(names: readonly string[]): string {
  const [first, ...rest] = names.map(labelsOf);
  if (first === undefined) return '';
  let shared = first.length;
  for (const labels of rest) {
    let same = 0;
    while (same < shared && labels[same] === first[same]) same++;
    shared = same;
  }
  return first.slice(0, shared).join('.');
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
