/** Faults made in the lab (test/cluster/faults), as their captures tell them; and the same traffic without the fault, told as nothing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { FINDING_RULES } from '../../../src/core/findings/evaluateFindings.ts';
import { allRecipes, fixtures } from '../../cluster/faults/allRecipes.ts';
import { captureOf, tellOf, type ToldFinding } from '../../cluster/faults/goldens.ts';
import { isExpected } from '../../cluster/faults/recipe.ts';

const recipes = await allRecipes();
const golden = JSON.parse(readFileSync(join(fixtures, 'golden.json'), 'utf8')) as Readonly<
  Record<string, readonly ToldFinding[]>
>;

const idsOf = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split(' ')[1] ?? '');
/** What a capture tells: the first test of each sees to it that the golden says what the code does. */
const findingsOf = (name: string): readonly string[] => (golden[name] ?? []).map(({ is }) => is);

suite('Captures of faults made in the lab', () => {
  for (const [name, recipe] of recipes) {
    test(`${name}: ${recipe.about}`, async () => {
      const told = await tellOf(name);
      assert.deepEqual(told.findings, golden[name]);
      assert.equal(told.text, readFileSync(join(fixtures, `${name}.txt`), 'utf8'));
      assert.ok(
        isExpected(recipe, findingsOf(name)),
        JSON.stringify([recipe.expected, findingsOf(name)], undefined, 1),
      );
    });

    if (recipe.healthy === undefined) {
      test(`${name} is worth no warning`, () => {
        assert.deepEqual(
          findingsOf(name).filter((line) => !line.startsWith('info ')),
          [],
        );
      });
    } else {
      test(`${name} has the traffic of ${recipe.healthy}, where its findings are silent`, () => {
        const twin = recipes.get(recipe.healthy ?? '');
        assert.ok(twin !== undefined && twin.healthy === undefined);
        assert.equal(recipe.traffic, twin.traffic);
        const withoutSeverity = (line: string): string => line.replace(/^\w+ /u, '');
        const told = new Set(findingsOf(recipe.healthy ?? '').map(withoutSeverity));
        const unwanted = recipe.expected.filter((line) => told.has(withoutSeverity(line)));
        assert.deepEqual(unwanted, []);
      });
    }
  }

  test('show every finding', () => {
    const shown = new Set([...recipes.keys()].flatMap((name) => idsOf(findingsOf(name))));
    const missing = FINDING_RULES.map(({ id }) => id).filter((id) => !shown.has(id));
    assert.deepEqual(missing, []);
  });

  test('without a fault hold the Service that is asked: silence about its answers is an agreement', async () => {
    const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [captureOf('healthy-everyday')]);
    close();
    const cart = engine.topology.serviceNamed('cart.shop.svc.cluster.local.');
    const answered = [...(engine.trace.answers?.entries() ?? [])].flatMap(({ variants }) => variants);
    assert.ok(answered.some(({ addresses }) => addresses.length > 0 && addresses[0] === cart?.addresses[0]));
  });

  test('are small, and nothing else lies beside them', () => {
    const beside = [
      'README.md',
      'golden.json',
      ...[...recipes.keys()].flatMap((name) => [`${name}.pcapng`, `${name}.txt`]),
    ];
    assert.deepEqual(readdirSync(fixtures).sort(), beside.sort());
    const sizes = [...recipes.keys()].map((name) => statSync(captureOf(name)).size);
    assert.ok(Math.max(...sizes) < 90_000, String(Math.max(...sizes)));
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 2_000_000);
  });
});
