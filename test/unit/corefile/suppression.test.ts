import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';
import { lexCorefile } from '../../../src/core/corefile/lexer.ts';
import { LineIndex } from '../../../src/core/corefile/position.ts';
import { suppressionsOf } from '../../../src/core/corefile/suppression.ts';

/** `line: codes (reason)` of each comment, `*` for the whole file. */
function told(text: string): readonly string[] {
  const words = { text, lines: new LineIndex(text), ...lexCorefile(text) };
  return suppressionsOf(words).map(
    ({ line, codes, reason, start, end }) =>
      `${line === undefined ? '*' : String(line)}: ${codes.join('+')} (${reason})${text.slice(start, end).startsWith('#') ? '' : ' misplaced'}`,
  );
}

describe('comments that switch a rule off', () => {
  const cases: readonly (readonly [name: string, text: string, told: readonly string[]])[] = [
    ['behind words: their line', 'a\nb # dnscope: ignore CF001 -- why\nc', ['2: CF001 (why)']],
    ['alone: the next line with words', '# dnscope: ignore CF001 -- why\n\n# more\n\nb\nc', ['5: CF001 (why)']],
    ['behind a word over lines: the line it ends on', '"a\nb" # dnscope: ignore CF001 -- why\nc', ['2: CF001 (why)']],
    ['with nothing after it: its own line', 'a\n# dnscope: ignore CF001 -- why', ['2: CF001 (why)']],
    ['for the file', 'a\n# dnscope: ignore-file CF001 -- why\nb', ['*: CF001 (why)']],
    ['several codes', '# dnscope: ignore CF001, CF002 CF003,CF004 -- why\na', ['2: CF001+CF002+CF003+CF004 (why)']],
    ['a reason with dashes', '# dnscope: ignore CF001 -- a -- b--c\na', ['2: CF001 (a -- b--c)']],
    ['without a reason', '# dnscope: ignore CF001\na', ['2: CF001 ()']],
    ['written close', '#dnscope:ignore CF001 --why\na', ['2: CF001 (why)']],
    ['another word', '# dnscope: ignored CF001 -- why\n# dnscope: ignore-line CF001 -- why\na', []],
    ['glued to a word', 'a#dnscope: ignore CF001 -- why\nb', []],
    [
      'two for one line',
      '# dnscope: ignore CF001 -- x\n# dnscope: ignore CF002 -- y\na',
      ['3: CF001 (x)', '3: CF002 (y)'],
    ],
    [
      'each finds its own line',
      'a # dnscope: ignore CF001 -- x\n# dnscope: ignore CF001 -- y\nb\nc # dnscope: ignore CF001 -- z',
      ['1: CF001 (x)', '3: CF001 (y)', '4: CF001 (z)'],
    ],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () => {
      assert.deepEqual(told(text), expected);
    });
  }
});

describe('what is left of a lint', () => {
  const lint = (text: string, keepSuppressed = false): readonly string[] =>
    lintCorefile(text, { file: 'Corefile', keepSuppressed }).diagnostics.map(
      ({ rule, severity, suppressed, start }) =>
        `${String(start.line)} ${rule} ${severity}${suppressed === undefined ? '' : ` (${suppressed})`}`,
    );
  const text = '.:53 {\n    errors\n    cache\n    forward . 192.0.2.1\n    reload 1s\n}\n';

  test('a rule that was switched off is silent, or kept with the reason where that is asked for', () => {
    assert.deepEqual(lint(text), ['4 CF504 info', '4 CF703 info', '5 CF306 error']);
    const whole = `# dnscope: ignore-file CF504 -- known\n${text}`;
    assert.deepEqual(lint(whole), ['5 CF703 info', '6 CF306 error']);
    assert.deepEqual(lint(whole, true), ['5 CF504 info (known)', '5 CF703 info', '6 CF306 error']);
    const line = text.replace('192.0.2.1', '192.0.2.1 # dnscope: ignore CF703 -- small');
    assert.deepEqual(lint(line), ['4 CF504 info', '5 CF306 error']);
    assert.deepEqual(lint(text.replace('cache', 'cache # dnscope: ignore CF703 -- small')), lint(text));
    const forgotten = lint(text.replace('192.0.2.1', '192.0.2.1 # dnscope: ignore CF703'));
    assert.deepEqual(forgotten, ['4 CF504 info', '4 CF703 info', '4 CF001 warning', '5 CF306 error']);
  });

  test('what CoreDNS refuses cannot be switched off', () => {
    const quiet = `# dnscope: ignore-file CF306 -- please\n${text}`;
    assert.deepEqual([lint(quiet).at(-1), lint(quiet, true).at(-1)], ['6 CF306 error', '6 CF306 error']);
  });
});
