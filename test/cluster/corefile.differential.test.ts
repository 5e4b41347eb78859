/**
 * The linter against CoreDNS itself. Two directions are asserted: where CoreDNS starts, lint reports no error; where it
 * refuses with a message of a kind the rules cover, lint reports an error. The seed changes with every run and is printed;
 * DNSCOPE_SEED repeats one, DNSCOPE_STARTS sets how many Corefiles are tried.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Diagnostic } from '../../src/core/corefile/diagnostic.ts';
import { environmentReferences } from '../../src/core/corefile/environment.ts';
import { lintCorefile } from '../../src/core/corefile/lint.ts';
import { type Verdict, corednsBinary, corednsVerdict } from './corednsVerdict.ts';
import { Random, damage, writeCorefile } from './randomCorefile.ts';

const FIXTURES = new URL('../fixtures/corefiles/', import.meta.url);
const KNOWN_ENVIRONMENT = { ZONE: 'env.org', PORT: '1053', EMPTY: '' };

/** Refusals that a rule covers. Ranges, and arguments behind the first, are not among them. */
const COVERED = [
  /Unknown directive '/u,
  /Unexpected EOF/u,
  /Unexpected token '.*', expecting '[{}]'/u,
  /no matching opening brace/u,
  /Expected another address but had/u,
  /Import requires a non-empty filepath/u,
  /Import takes only one argument/u,
  /Glob pattern may only contain one wildcard/u,
  /redeclaration of previously declared snippet/u,
  /maximum snippet import depth/u,
  /error inspecting server blocks: /u,
  /address \S+: invalid port/u,
  /^cannot serve .* - it is already defined/mu,
  /zone overlap listener capacity/u,
  /only be used once per Server Block/u,
  /unknown policy '/u,
  /wrong value for pods/u,
  /monitor type '.*' not supported/u,
  // dnssec says so of a wrong argument as well, loadbalance of an option that the other policy has.
  /^(?!plugin\/(?:dnssec|loadbalance)).*unknown property '/mu,
];

interface Case {
  readonly label: string;
  readonly text: string;
}

function fixtures(folder: string): readonly Case[] {
  return readdirSync(new URL(folder, FIXTURES))
    .filter((name) => name.endsWith('.corefile'))
    .map((name) => ({ label: `${folder}${name}`, text: readFileSync(new URL(folder + name, FIXTURES), 'utf8') }));
}

/** Gives kubernetes an API server nobody listens on, so that it starts outside a cluster. */
function startable(text: string): string {
  return text.replace(/^(\s*kubernetes [^{\n]*\{)$/gmu, '$1\n endpoint http://127.0.0.1:1\n startup_timeout 10ms');
}

/** Every variable the text names has a value, so that lint and CoreDNS read the same file. */
function environmentFor(text: string): Readonly<Record<string, string>> {
  const names = text.split(/\s/u).flatMap((word) => environmentReferences(word).map(({ name }) => name));
  return {
    ...Object.fromEntries(names.filter((name) => /^\w+$/u.test(name)).map((name) => [name, ''])),
    ...KNOWN_ENVIRONMENT,
  };
}

function firstError({ label, text }: Case): Diagnostic | undefined {
  const { diagnostics } = lintCorefile(text, { file: label, environment: environmentFor(text) });
  return diagnostics.find(({ severity }) => severity === 'error');
}

function judge(first: Diagnostic | undefined, verdict: Verdict): string | undefined {
  if (verdict.outcome === 'accepted' && first !== undefined) {
    return `CoreDNS starts, but lint says ${first.rule} at ${first.start.line}:${first.start.column}: ${first.message}`;
  }
  const covered = verdict.outcome === 'refused' && COVERED.some((pattern) => pattern.test(verdict.message));
  if (covered && first === undefined)
    return `lint reports no error, but CoreDNS refuses: ${verdict.message.slice(-300)}`;
  return undefined;
}

async function compare(
  binary: string,
  cases: readonly Case[],
): Promise<{ outcomes: Map<string, number>; wrong: string[] }> {
  const outcomes = new Map<string, number>();
  const wrong: string[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = cases[next++]; item !== undefined; item = cases[next++]) {
      const verdict = await corednsVerdict(binary, item.text, environmentFor(item.text));
      const error = firstError(item);
      const outcome = `${verdict.outcome}, lint ${error === undefined ? 'has no error' : 'reports an error'}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const complaint = judge(error, verdict);
      if (complaint !== undefined) wrong.push(`${item.label}: ${complaint}\n${JSON.stringify(item.text)}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return { outcomes, wrong };
}

function requireBinary(): string {
  const binary = corednsBinary();
  assert.ok(binary !== undefined, 'CoreDNS 1.15.0 is not in the cache: npm run lab:install builds it');
  return binary;
}

test('lint and CoreDNS agree on every fixture', { timeout: 300_000 }, async () => {
  const cases = ['defaults/', 'rules/'].flatMap(fixtures).map(({ label, text }) => ({ label, text: startable(text) }));
  const { wrong } = await compare(requireBinary(), cases);
  assert.deepEqual(wrong, []);
});

test('lint and CoreDNS agree on written and damaged Corefiles', { timeout: 600_000 }, async (context) => {
  const seed = Number(process.env['DNSCOPE_SEED'] ?? Date.now() % 1_000_000_000);
  const starts = Number(process.env['DNSCOPE_STARTS'] ?? 300);
  const random = new Random(seed);
  const originals = fixtures('defaults/').map(({ text }) => startable(text));
  const stanzas = readFileSync(new URL('stanzas.txt', FIXTURES), 'utf8').trimEnd().split('\n\n');
  const cases = Array.from({ length: starts }, (_, index): Case => {
    const written = index % 2 === 0 ? writeCorefile(random, stanzas) : damage(random, random.pick(originals));
    const text = index % 4 === 2 ? damage(random, written) : written;
    return { label: `seed ${seed}, file ${index}`, text };
  });
  const { outcomes, wrong } = await compare(requireBinary(), cases);
  context.diagnostic(`seed ${seed}: ${JSON.stringify(Object.fromEntries(outcomes))}`);
  assert.deepEqual(wrong, []);
});
