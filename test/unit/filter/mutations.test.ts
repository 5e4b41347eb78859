/**
 * 100,000 mutated filters: none throws, none hangs, and what parses runs over a trace. The seed changes with every run and is
 * printed; DNSCOPE_SEED repeats one.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { FILTER_FIELDS, operatorsOf, VERDICT_WORDS } from '../../../src/core/filter/fields.ts';
import { parseFilter } from '../../../src/core/filter/parser.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { Random } from '../../cluster/randomCorefile.ts';
import { ask, forward, watchedStory } from '../../support/story.ts';

const ROUNDS = 20;
const PER_ROUND = 5_000;
const SEED = Number(process.env['DNSCOPE_SEED'] ?? Date.now() % 1_000_000_000);

const VALUES =
  'Success NOERROR 0 1 2 5ms 1.5s 10.0.0.0/8 fe80::/10 10.0.0.1:53 *.example.com www.example.com. ^api (a|b)+$ [^x]{2,3} "a b" r"\\d" A AAAA TYPE65 Q R udp 0x1f {1..3} (A,B) shop/* kube-dns true 102d #2'.split(
    ' ',
  );
const PIECES =
  '( ) { } , && || ! != !~ == = < > ~ : " \' \\ * ? [ ] {9} {255} (?: (?= and or not in contains matches \0 \u202e \ud800 \u{1f600} \t \n .. 99999999999999999999 0x'.split(
    ' ',
  );
const WORDS = [...Object.keys(VERDICT_WORDS), 'example', 'order', '10.96', 'w*', 'tcp', 'dns'];

function written(random: Random): string {
  const terms: string[] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const field = random.pick(FILTER_FIELDS);
    const operators = operatorsOf(field);
    const kind = random.below(4);
    if (kind === 0) terms.push(random.pick(WORDS));
    else if (kind === 1) terms.push(field.example);
    else if (operators.length === 0) terms.push(field.names[0]!);
    else terms.push(`${random.pick(field.names)} ${random.pick(operators)} ${random.pick(VALUES)}`);
    if (random.chance(4)) terms[terms.length - 1] = `not (${terms.at(-1)!})`;
  }
  return terms.join(random.pick([' ', ', ', ' or ', ' && ']));
}

function mutated(random: Random): string {
  let text = written(random);
  for (let step = random.below(4); step > 0; step--) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + (random.chance(3) ? '' : random.pick(PIECES)) + text.slice(at + random.below(3));
  }
  return random.chance(10) ? text.slice(0, random.below(text.length + 1)) : text;
}

const story = watchedStory();
ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
ask(story, { at: 900, name: 'gone.example.com' });
const { engine } = story.run();

describe('mutated filters', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const seed = SEED + round;
    test(`round ${round + 1} of ${ROUNDS}: ${PER_ROUND} filters`, (context) => {
      context.diagnostic(`seed ${seed}`);
      const random = new Random(seed);
      const view = new LookupView(engine);
      view.update(NO_FINDINGS);
      let sound = 0;
      for (let count = 0; count < PER_ROUND; count++) {
        const text = mutated(random);
        try {
          const { problem } = parseFilter(text);
          if (problem !== undefined) {
            assert.ok(problem.start <= text.length && problem.end >= problem.start);
            continue;
          }
          sound++;
          if (!random.chance(10)) continue;
          view.set(text, undefined);
          assert.ok(view.lookups <= 2);
          // A protocol that stands alone is searched for, in parentheses it is tested.
          if (/(?:dns|ip|ipv6)(?![\w.:*])/iu.test(text)) continue;
          // What a filter and its opposite show together is everything.
          const shown = view.lookups;
          view.set(text.trim() === '' ? 'failed or not failed' : `not (${text})`, undefined);
          assert.equal(view.problem, undefined);
          assert.ok(shown + view.lookups >= 2, `${String(shown)} + ${String(view.lookups)}`);
        } catch (error) {
          throw new Error(`seed ${seed}, filter ${count}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
      assert.ok(sound > PER_ROUND / 10, `only ${sound} were sound`);
    });
  }
});
