/**
 * Faults made anew and traced live by `dnscope trace --json`: the same findings as of the recorded captures, and silence
 * without the fault. One for each part of the way; test/unit/findings/labCaptures.test.ts holds the captures of all.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { allRecipes, fixtures } from './faults/allRecipes.ts';
import { clean, openShop, shop } from './faults/faultLab.ts';
import type { ToldFinding } from './faults/goldens.ts';
import type { Recipe } from './faults/recipe.ts';
import { type LiveFault, traceFault } from './faults/traceFault.ts';

const LIVE = [
  'no-coredns-endpoints',
  'one-coredns-failing',
  'answers-not-endpoints',
  'upstream-refused',
  'truncated',
  'nodelocal-bypassed',
  'nodelocal-upstream-refused',
];
/** A machine under load answers late; how late is not what these tests are about. */
const MACHINE = /^(?:info|warning) slow /u;

/** What was under way before every capture listened is the server's error, as far as a live trace can tell. */
const HALF_SEEN = 'error unsuccessful-response coredns server-error';
const seenWhole = (findings: readonly string[]): readonly string[] => findings.filter((is) => is !== HALF_SEEN);

const recipes = await allRecipes();
const recipeOf = (name: string): Recipe => recipes.get(name) ?? assert.fail(`There is no recipe ${name}`);
const golden = JSON.parse(readFileSync(join(fixtures, 'golden.json'), 'utf8')) as Readonly<
  Record<string, readonly ToldFinding[]>
>;
const withoutMachine = (findings: readonly { readonly is: string }[]): readonly string[] =>
  findings.map(({ is }) => is).filter((is) => !MACHINE.test(is));

const told = ({ findings }: LiveFault): readonly string[] =>
  withoutMachine(findings.map(({ severity, id, hop, cause }) => ({ is: `${severity} ${id} ${hop} ${cause}` })));

describe('dnscope trace of faults made in the lab', () => {
  const traced = new Map<string, LiveFault>();
  const traceOf = async (name: string): Promise<LiveFault> => {
    const live = await traceFault(recipeOf(name));
    traced.set(name, live);
    return live;
  };
  before(async () => {
    await clean();
    await openShop();
  });
  after(clean);

  for (const name of LIVE) {
    const recipe = recipeOf(name);
    it(`${name}: ${recipe.about}`, async () => {
      const live = await traceOf(name);
      assert.deepEqual(seenWhole(told(live)), seenWhole(withoutMachine(golden[name] ?? [])), live.told);
      for (const { title, evidence } of live.findings) assert.ok(evidence.count > 0, title);
    });
  }

  for (const name of new Set(LIVE.map((fault) => recipeOf(fault).healthy ?? ''))) {
    it(`${name}: nothing is found`, async () => {
      const live = await traceOf(name);
      assert.deepEqual(told(live), [], live.told);
      assert.ok(live.lookups.length > 5, 'its lookups were seen');
    });
  }

  it('through NodeLocal: watched on the node of the pod alone, which the agreement says', () => {
    const { watched, told: asked } = traced.get('healthy-nodelocal') ?? assert.fail('not traced');
    const roles = watched.map((place) => place.split(' ')[0]);
    assert.deepEqual(roles, ['client', 'nodelocal', 'coredns', 'coredns']);
    assert.match(asked, /node-local-dns-\w+ \(in the network of node lab-1: sees the DNS of every pod there\)/);
  });

  it('through NodeLocal: a lookup is one, over every hop, and nobody else’s', () => {
    for (const [name, upstream] of [
      ['healthy-nodelocal', 'upstream ok'],
      ['nodelocal-upstream-refused', 'upstream failed'],
    ] as const) {
      const { lookups } = traced.get(name) ?? assert.fail('not traced');
      const ways = lookups
        .filter((row) => row.name === 'www.example.com.')
        .map((row) => row.way.map(({ hop, state }) => `${hop} ${state === 'slow' ? 'ok' : state}`).join(', '));
      assert.ok(ways.includes(`client ok, nodelocal ok, coredns ok, ${upstream}`), ways.join('\n'));
      // What NodeLocal and CoreDNS asked because of the pod is no lookup of theirs.
      assert.deepEqual([...new Set(lookups.map(({ client }) => client))], [`${shop}/cached`]);
    }
  });

  it('leaves no tcpdump in the pods, beside CoreDNS or on the node', () => {
    for (const [name, { left }] of traced) assert.deepEqual(left, [], name);
  });
});
