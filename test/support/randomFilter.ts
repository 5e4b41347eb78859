/** Filters as people nearly write them, and what has to hold for each: the unit suite and `npm run fuzz` try them on a trace. */
import assert from 'node:assert/strict';
import { NO_FINDINGS } from '../../src/core/findings/evaluateFindings.ts';
import { FILTER_FIELDS, operatorsOf, VERDICT_WORDS } from '../../src/core/filter/fields.ts';
import { parseFilter } from '../../src/core/filter/parser.ts';
import { LookupView } from '../../src/core/view/lookupView.ts';
import type { Random } from '../cluster/randomCorefile.ts';
import { ask, forward, watchedStory } from './story.ts';

const VALUES =
  'Success NOERROR 0 1 2 5ms 1.5s 10.0.0.0/8 fe80::/10 10.0.0.1:53 *.example.com www.example.com. ^api (a|b)+$ [^x]{2,3} "a b" r"\\d" r"[\\w-]\\x2e" r"\\Aapi\\z" r"[a-c\\]]" A AAAA TYPE65 Q R udp 0x1f {1..3} (A,B) shop/* kube-dns true 102d #2 2025-11-21T04:40:00Z 2025-11-21T04:40:00.5Z..2025-11-22T00:00+01:00'.split(
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

export function mutatedFilter(random: Random): string {
  let text = written(random);
  for (let step = random.below(4); step > 0; step--) {
    const at = random.below(text.length + 1);
    text = text.slice(0, at) + (random.chance(3) ? '' : random.pick(PIECES)) + text.slice(at + random.below(3));
  }
  return random.chance(10) ? text.slice(0, random.below(text.length + 1)) : text;
}

/** Two lookups, one of them forwarded. */
export function filteredView(): LookupView {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 900, name: 'gone.example.com' });
  const view = new LookupView(story.run().engine);
  view.update(NO_FINDINGS);
  return view;
}

/** Parses a filter and, when `isRun` says so, shows with it what it shows and what its opposite does. @returns whether it is sound */
export function checkFilter(text: string, view: LookupView, isRun: () => boolean): boolean {
  const { problem } = parseFilter(text);
  if (problem !== undefined) {
    assert.ok(problem.start <= text.length && problem.end >= problem.start);
    return false;
  }
  if (!isRun()) return true;
  view.set(text, undefined);
  assert.ok(view.lookups <= 2);
  // Event by event it finds the same lookups.
  const matches = view.matches();
  if (matches !== undefined)
    assert.equal(
      matches.lookups.reduce((sum, one) => sum + one, 0),
      view.lookups,
    );
  // A protocol that stands alone is searched for, in parentheses it is tested.
  if (/(?:dns|ip|ipv6)(?![\w.:*])/iu.test(text)) return true;
  // What a filter and its opposite show together is everything.
  const shown = view.lookups;
  view.set(text.trim() === '' ? 'failed or not failed' : `not (${text})`, undefined);
  assert.equal(view.problem, undefined);
  assert.ok(shown + view.lookups >= 2, `${String(shown)} + ${String(view.lookups)}`);
  return true;
}
