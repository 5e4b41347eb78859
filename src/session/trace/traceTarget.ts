import type { Problem } from '../../base/problem.ts';

/** What to trace, as the command line writes it (design.md): `pod/x`, `deploy/x`, `-l app=x`, `coredns`, `node/x`. */
export type TraceTarget =
  | { readonly kind: 'pod'; readonly name: string }
  | { readonly kind: 'deployment'; readonly name: string }
  | { readonly kind: 'selector'; readonly selector: string }
  | { readonly kind: 'coredns' }
  | { readonly kind: 'node'; readonly name: string };

const KINDS: Readonly<Record<string, 'pod' | 'deployment' | 'node'>> = {
  pod: 'pod',
  pods: 'pod',
  po: 'pod',
  deploy: 'deployment',
  deployment: 'deployment',
  deployments: 'deployment',
  node: 'node',
  nodes: 'node',
  no: 'node',
};

// RFC 1123 subdomain, the form of every object name meant here (Kubernetes API conventions).
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
// A label selector may only hold these; it goes into a URL query and is checked by the API server, never by a shell.
const SELECTOR = /^[A-Za-z0-9_./=!,() -]{1,1000}$/;

export function isObjectName(text: string): boolean {
  return text.length <= 253 && NAME.test(text);
}

/** `-l` selectors come through {@link selectorTarget}. Never throws. */
export function parseTraceTarget(text: string): { readonly value?: TraceTarget; readonly problem?: Problem } {
  if (text === 'coredns') return { value: { kind: 'coredns' } };
  const slash = text.indexOf('/');
  const kind = slash < 0 ? 'pod' : KINDS[text.slice(0, slash)];
  const name = text.slice(slash + 1);
  if (kind === undefined || !isObjectName(name)) {
    return {
      problem: {
        code: 'bad-target',
        detail: `${JSON.stringify(text)} is no trace target`,
        recover: 'Write pod/NAME, deploy/NAME, coredns, or -l LABEL=VALUE',
      },
    };
  }
  return { value: { kind, name } };
}

export function selectorTarget(selector: string): { readonly value?: TraceTarget; readonly problem?: Problem } {
  if (SELECTOR.test(selector) && selector.trim() !== '')
    return { value: { kind: 'selector', selector: selector.trim() } };
  return {
    problem: {
      code: 'bad-target',
      detail: `${JSON.stringify(selector)} is no label selector`,
      recover: 'Write it as kubectl does, for example -l app=shop',
    },
  };
}

export function formatTraceTarget(target: TraceTarget): string {
  switch (target.kind) {
    case 'pod':
      return `pod/${target.name}`;
    case 'deployment':
      return `deploy/${target.name}`;
    case 'node':
      return `node/${target.name}`;
    case 'selector':
      return `-l ${target.selector}`;
    case 'coredns':
      return 'coredns';
  }
}
