/**
 * Where lint and CoreDNS 1.15.0 are known to differ, each with its reason. A refusal that lint misses is allowed here; an error
 * that lint reports although CoreDNS starts would have to stand here, too, and none does.
 */
export interface KnownDifference {
  /** Of the line that corefileDisagreements.ts prints for it. */
  readonly what: RegExp;
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: /^missed: plugin\/(?:(?:template|rewrite): .*expression|view: )/u,
    reason: 'expressions are read for their form, CoreDNS also knows the types of functions and operands',
  },
  {
    what: /^missed: plugin\/template: .*could not compile template/u,
    reason: 'templates are read for their form, CoreDNS also looks up functions and fields',
  },
  {
    what: /^missed: plugin\/tls: invalid ACME domain/u,
    reason:
      'which characters a domain name for a certificate may hold is a table of Unicode (IDNA) that lint does without',
  },
];

export function reasonFor(what: string): string | undefined {
  return KNOWN_DIFFERENCES.find((difference) => difference.what.test(what))?.reason;
}
