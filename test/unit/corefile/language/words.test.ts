/** The table of words against the table of facts: nothing missing, nothing invented, forms that fit the counts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ArgumentForm,
  nextElements,
  readArgumentForm,
} from '../../../../src/core/corefile/language/argumentForm.ts';
import { pluginTemplates, pluginWords } from '../../../../src/core/corefile/language/pluginWords.ts';
import { readStatements } from '../../../../src/core/corefile/language/statements.ts';
import { type OptionFacts, pluginCatalogue } from '../../../../src/core/corefile/pluginCatalogue.ts';
import { lintCorefile } from '../../../../src/core/corefile/lint.ts';

describe('Words on plugins', () => {
  test('every plugin and every option that the newest release has, and no other', () => {
    for (const facts of pluginCatalogue().values()) {
      const words = pluginWords().get(facts.name);
      assert.ok(words !== undefined && words.summary !== '', facts.name);
      for (const option of words.options.values())
        assert.ok(facts.options.has(option.name), `${facts.name}.${option.name}`);
      if (facts.removedIn !== undefined) continue;
      for (const option of facts.options.keys())
        assert.ok((words.options.get(option)?.summary ?? '') !== '', `${facts.name}.${option}`);
    }
    for (const name of pluginWords().keys()) assert.ok(pluginCatalogue().has(name), name);
  });

  test('they are sentences', () => {
    for (const plugin of pluginWords().values()) {
      for (const { name, summary } of [plugin, ...plugin.options.values()]) assert.match(summary, /^\S.*\.$/u, name);
    }
  });

  test('a form asks for as many arguments as CoreDNS, and for no more than it takes', () => {
    // Counts that CoreDNS doesn't check although it needs the arguments, or where a form says less than everything.
    const unchecked = new Set(
      'proxyproto.allow trace.datadog_analytics_rate loadbalance.prefer rewrite rewrite.edns0 cache.serve_stale header.set header.clear route53 azure clouddns kubernetes.ignore kubernetes.resyncperiod kubernetes.transfer file.transfer auto.transfer startup shutdown reverse proxy dnstap loadbalance tls.acme'.split(
        ' ',
      ),
    );
    const check = (path: string, form: ArgumentForm, { minArgs, maxArgs }: OptionFacts): void => {
      if (unchecked.has(path)) return;
      const needed = form.elements.filter(({ optional }) => !optional).length;
      assert.equal(needed, minArgs, `${path} ${form.text}`);
      const most = form.elements.some(({ repeated }) => repeated) ? undefined : form.elements.length;
      if (maxArgs !== undefined) assert.equal(most, maxArgs, `${path} ${form.text}`);
    };
    for (const facts of pluginCatalogue().values()) {
      const words = pluginWords().get(facts.name);
      assert.ok(words !== undefined);
      check(facts.name, words.form, facts);
      for (const option of facts.options.values()) {
        const own = words.options.get(option.name);
        if (own !== undefined) check(`${facts.name}.${option.name}`, own.form, option);
      }
    }
  });

  test('templates: what is filled in by default is a block that CoreDNS would start with', () => {
    for (const { plugin, title, snippet } of pluginTemplates()) {
      const filled = snippet
        .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/gu, '$1')
        .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/gu, (_, text: string) => text)
        .replace(/\\(.)/gu, '$1');
      assert.doesNotMatch(filled, /\$\{/u, `${plugin}, ${title}: ${filled}`);
      const text = `example.org {\n${filled}\n}\n`;
      assert.equal(readStatements(text).statements[0]?.block?.statements[0]?.words[0]?.text, plugin);
      const errors = lintCorefile(text, { file: 'Corefile' }).diagnostics.filter(
        ({ severity }) => severity === 'error',
      );
      assert.deepEqual(errors, [], `${plugin}, ${title}`);
    }
  });
});

describe('Forms of arguments', () => {
  const next = (form: string, ...words: readonly string[]): string =>
    nextElements(readArgumentForm(form), words)
      .map(({ text }) => text)
      .join(' ');

  test('what may be left out, what repeats, what stands as it is', () => {
    assert.equal(next('A B'), 'A');
    assert.equal(next('A B', 'x', 'y'), '');
    assert.equal(next('[A] B'), 'A B');
    assert.equal(next('A…', 'x', 'y'), 'A…');
    assert.equal(next('[type Q…] [net S…]'), 'type net');
    assert.equal(next('[type Q…] [net S…]', 'type'), 'Q…');
    assert.equal(next('[type Q…] [net S…]', 'type', 'A'), 'Q… net');
    assert.equal(next('[type Q…] [net S…]', 'type', 'A', 'net'), 'S…');
    assert.equal(next('[type Q…] [net S…]', 'wrong'), '');
    assert.equal(next('on|off', 'maybe'), '');
    assert.equal(next(''), '');
  });
});
