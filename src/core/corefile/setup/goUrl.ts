/**
 * Whether Go's net/url.Parse takes a text: scheme, authority, path. It takes almost anything; what it refuses are control
 * characters, a colon before any slash that ends no scheme, and faults in the host.
 */
export interface GoUrl {
  readonly scheme: string;
  /** With port, as url.URL.Host: brackets stay. */
  readonly host: string;
}

export function isGoUrl(text: string): boolean {
  return parseGoUrl(text) !== undefined;
}

export function parseGoUrl(text: string): GoUrl | undefined {
  const hash = text.indexOf('#');
  const whole = hash === -1 ? text : text.slice(0, hash);
  // eslint-disable-next-line no-control-regex -- control characters are what Go refuses here
  if (/[\0-\x1f\x7f]/u.test(whole) || (hash !== -1 && !isEscaped(text.slice(hash + 1)))) return undefined;
  if (whole === '') return { scheme: '', host: '' };
  if (whole === '*') return { scheme: '', host: '' };
  const split = splitScheme(whole);
  if (split === undefined) return undefined;
  const { scheme } = split;
  const rest = split.rest.replace(/\?.*$/su, '');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { scheme, host: '' };
    // A colon in the first part of a relative path would look like a scheme.
    return rest.split('/', 1)[0]?.includes(':') === true || !isEscaped(rest) ? undefined : { scheme, host: '' };
  }
  const isAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const authority = isAuthority ? (/^\/\/([^/]*)/u.exec(rest)?.[1] ?? '') : '';
  const path = isAuthority ? rest.slice(2 + authority.length) : rest;
  const host = hostOf(authority);
  return host === undefined || !isEscaped(path) ? undefined : { scheme, host };
}

/** A scheme is letters, digits and `+-.` up to a colon; a text that begins with the colon has none and is refused. */
function splitScheme(text: string): { readonly scheme: string; readonly rest: string } | undefined {
  if (text.startsWith(':')) return undefined;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/u.exec(text)?.[1];
  return scheme === undefined
    ? { scheme: '', rest: text }
    : { scheme: scheme.toLowerCase(), rest: text.slice(scheme.length + 1) };
}

function hostOf(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/u.test(user) || !isEscaped(user)) return undefined;
  const host = authority.slice(at + 1);
  const bracket = host.startsWith('[') ? host.lastIndexOf(']') : -1;
  if (host.startsWith('[') && bracket === -1) return undefined;
  const zone = bracket === -1 ? -1 : host.slice(0, bracket).indexOf('%25');
  const plain = zone === -1 ? host : host.slice(0, zone) + host.slice(bracket);
  if (zone !== -1 && !isEscaped(host.slice(zone, bracket))) return undefined;
  const port = bracket === -1 ? /:[^:]*$/u.exec(host)?.[0] : host.slice(bracket + 1);
  if (port !== undefined && !/^(?::\d*)?$/u.test(port)) return undefined;
  // In a host only bytes beyond ASCII and `%` itself may be escaped; blanks, quotes and the like may not stand there at all.
  if (/%(?!25|[89A-Fa-f][0-9A-Fa-f])/u.test(plain) || /[\s\\^`{|}]/u.test(plain)) return undefined;
  return host;
}

function isEscaped(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/u.test(text);
}
