/** What "Copy Diagnostics" says, and above all what it does not. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  diagnosticsText,
  type DiagnosticsFacts,
  type SettingKind,
} from '../../../src/host/commands/diagnosticsText.ts';
import { namesOf, redactedText, wordsIn } from '../../../src/host/commands/redactedText.ts';
import { RememberedLog } from '../../../src/host/log.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, SettingKind>> } };
};
const { properties } = manifest.contributes.configuration;
/** As the extension finds them in its own bundles. */
const words = wordsIn(
  globSync('src/{base,host,session,kube,sources}/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(path.join(root, file), 'utf8'),
  ),
);

const SECRETS = [
  'payments-7d4b9c6f5-x2x5z',
  'acme-billing',
  'prod-eu.acme.example',
  '10.244.0.5',
  '10.96.0.10:53',
  'fd00:10:244::5',
  'https://k8s.acme.example:6443/api/v1/namespaces/acme-billing/pods',
  ['', 'home', 'jane.doe', '.kube', 'config'].join('/'),
  ['C:', 'Users', 'jane.doe', '.kube', 'config'].join('\\'),
  'jane.doe@acme.example',
  'registry.acme.example/net/shoot:v1@sha256:0123456789abcdef0123456789abcdef',
  'eyJhbGciOiJSUzI1NiIsImtpZCI6Il9mTzJ3In0.eyJpc3MiOiJrdWJlIn0.c2ln',
  'c3VwZXItc2VjcmV0LXRva2Vu',
  'AKIAIOSFODNN7EXAMPLE',
  '5f9c2d1e-8b7a-4c3d-9e0f-112233445566',
  'Zahlungsverkehr',
  '2001:db8::1',
  '0x7f000001',
] as const;

const snapshot = {
  kind: 'trace/snapshot',
  generation: 1,
  seq: 1,
  source: {
    kind: 'live',
    title: 'payments-7d4b9c6f5-x2x5z in acme-billing (context prod-eu.acme.example)',
    state: 'failed',
    problems: [{ code: 'capture-failed', detail: 'jane.doe@acme.example may not', recover: 'Ask 10.244.0.5' }],
    aftermath: 'acme-billing/payments-7d4b9c6f5-x2x5z stays',
  },
  counts: { packets: 12, messages: 10, undecodable: 1, lookups: 5, failed: 2, pending: 0, slow: 1, clients: 3 },
  view: { view: 1, filter: 'pod:acme-billing', terms: ['pod:acme-billing'], rows: 'lookups', count: 5, lookups: 5 },
  verdict: { level: 'error', text: 'acme-billing fails' },
  findings: [
    { id: 'upstream-no-answer', title: 'Upstream 10.244.0.5 gives no answer for prod-eu.acme.example', subject: {} },
  ],
  vantages: [
    { name: 'acme-billing/payments-7d4b9c6f5-x2x5z', role: 'client', messages: 4, dropped: 0, state: 'running' },
    { name: 'kube-system/coredns-a', role: 'coredns', messages: 4, dropped: 0, state: 'failed' },
    { name: 'kube-system/coredns-b', role: 'coredns', messages: 4, dropped: 0, state: 'failed' },
  ],
  loss: { packets: 7, gaps: 1, notes: ['acme-billing lost 7'] },
  slowNs: 5e6,
  upstreams: [{ address: '10.244.0.5', port: 53, queries: 1, answered: 0, unanswered: 1 }],
} as unknown as TraceSnapshot;

function factsWith(own: Partial<DiagnosticsFacts>): DiagnosticsFacts {
  return {
    version: '0.1.0',
    editor: 'Visual Studio Code',
    editorVersion: '1.101.0',
    platform: 'linux 6.1.0 x64',
    isTrusted: true,
    settings: [],
    traces: [],
    log: [],
    words,
    names: [],
    ...own,
  };
}

test('it says what a maintainer asks for first', () => {
  const text = diagnosticsText(
    factsWith({
      remote: 'ssh-remote',
      isTrusted: false,
      settings: Object.entries(properties).map(([id, kind]) => ({
        id,
        kind,
        value:
          { 'dnscope.slowThreshold': '20ms', 'dnscope.traceMemory': 512, 'dnscope.lint.severities': { CF604: 'off' } }[
            id
          ] ?? kind.default,
      })),
      traces: [{ kind: 'live', snapshot }],
      log: [
        {
          time: new Date(0),
          level: 'error',
          text: 'capture-failed: Missing permission: patch pods/ephemeralcontainers in namespace acme-billing',
        },
      ],
    }),
  );
  for (const part of [
    '- DNScope 0.1.0',
    '- Visual Studio Code 1.101.0',
    '- linux 6.1.0 x64, remote: ssh-remote',
    '- workspace not trusted',
    '- `dnscope.slowThreshold`: 20ms',
    '- `dnscope.traceMemory`: 512',
    '- `dnscope.lint.severities`: CF604 off',
    '- live, failed: packets 12, messages 10, undecodable 1, lookups 5, failed 2, pending 0, slow 1, clients 3; lost 7 packets, 1 gaps; watched: client running, 2 × coredns failed; findings: upstream-no-answer; problems: capture-failed',
    'permission: patch pods/ephemeralcontainers in namespace …',
  ])
    assert.ok(text.includes(part), `${part}\n---\n${text}`);
  assert.doesNotMatch(text, /maxTraceDuration|kubeconfig/u);
});

test('no name, address, path or secret, wherever it came from', () => {
  const text = diagnosticsText(
    factsWith({
      settings: Object.entries(properties).flatMap(([id, kind]) =>
        SECRETS.flatMap((value) => [
          { id, kind, value },
          { id, kind, value: { [value]: 'off', CF604: value } },
          { id, kind, value: [value] },
        ]),
      ),
      traces: [{ kind: 'live', snapshot }],
      log: SECRETS.flatMap((secret) =>
        [
          `unexpected: ${secret} refused "${secret}" (${secret}): ${secret}.`,
          secret,
          `namespace=${secret}, ${secret}`,
        ].map((line) => ({ time: new Date(0), level: 'error' as const, text: line })),
      ),
    }),
  );
  for (const secret of SECRETS) assert.ok(!text.includes(secret), secret);
  assert.doesNotMatch(
    text,
    /acme|jane|payments|billing|prod-eu|coredns-[ab]|10\.2|10\.9|fd00|eyJ|sha256|kube\/config/iu,
  );
});

test('what is known to be a name goes even where it is one of our words', () => {
  const line = 'trace-failed: the pod service in trace is not ready';
  assert.equal(redactedText(line, words, namesOf([])), 'trace-failed: the pod service in trace is not ready');
  assert.equal(redactedText(line, words, namesOf(['trace/service'])), 'trace-failed: the pod … in … is not ready');
});

test('of any text nothing stays but our words and small figures', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      for (const token of redactedText(text, new Set(['pod', 'failed']), new Set()).split(/[^\p{L}\p{N}]+/u))
        assert.match(token, /^(?:pod|failed|\d{0,4}|[A-Za-z]|\d+(?:ms|us|ns|s|m|h|kB|MB|KiB|MiB))$/u);
    }),
  );
});

test('the log goes to the channel, and its latest lines are remembered', () => {
  const written: string[] = [];
  const log = new RememberedLog({
    error: (text) => written.push(`error ${text}`),
    warn: (text) => written.push(`warn ${text}`),
    info: (text) => written.push(`info ${text}`),
    debug: (text) => written.push(`debug ${text}`),
    show: () => written.push('show'),
  });
  log.error('a');
  log.warn('b');
  log.debug('c');
  log.show();
  assert.deepEqual(written, ['error a', 'warn b', 'debug c', 'show']);
  assert.deepEqual(
    log.lines.map(({ level, text }) => `${level} ${text}`),
    ['error a', 'warn b'],
  );
  for (let index = 0; index < 500; index++) log.info('x'.repeat(100_000));
  assert.equal(log.lines.length, 100);
  assert.equal(log.lines.at(-1)!.text.length, 1000);
});
