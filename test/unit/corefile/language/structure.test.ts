/** Outline, folding, growing selection, colours, order of execution. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldingRanges } from '../../../../src/core/corefile/language/folding.ts';
import { type OutlineEntry, outline } from '../../../../src/core/corefile/language/outline.ts';
import { selectionRanges } from '../../../../src/core/corefile/language/selection.ts';
import { semanticTokens } from '../../../../src/core/corefile/language/semanticTokens.ts';
import { readStatements } from '../../../../src/core/corefile/language/statements.ts';
import { orderHints } from '../../../../src/core/corefile/language/turns.ts';
import { drawn } from './drawn.ts';

const FILE = `# DNS of the
# cluster

(common) {
    errors
}
.:53, example.org {
    import common
    kubernetes cluster.local {
        pods verified
    }
    forward . /etc/resolv.conf
    cache 30
}
`;

function lines(entries: readonly OutlineEntry[], depth = 0): readonly string[] {
  return entries.flatMap(({ kind, name, detail, children }) => [
    `${'  '.repeat(depth)}${kind} ${name}${detail === '' ? '' : ` | ${detail}`}`,
    ...lines(children, depth + 1),
  ]);
}

describe('Structure', () => {
  test('outline', () => {
    assert.deepEqual(lines(outline(readStatements(FILE))), [
      'snippet (common)',
      '  plugin errors',
      'server .:53, example.org',
      '  import import | common',
      '  plugin kubernetes | cluster.local',
      '    option pods | verified',
      '  plugin forward | . /etc/resolv.conf',
      '  plugin cache | 30',
    ]);
  });

  test('a key without braces yet doesn’t swallow the block below it', () => {
    const text = 'example.org\n\n. {\n    errors\n}\n';
    assert.deepEqual(lines(outline(readStatements(text))), ['server example.org', 'server .', '  plugin errors']);
  });

  test('plugins below a key without braces are its own', () => {
    assert.deepEqual(lines(outline(readStatements('.\nerrors\ncache 30\n'))), [
      'server .',
      '  plugin errors',
      '  plugin cache | 30',
    ]);
  });

  test('a fragment of a server block is a list of plugins', () => {
    const tree = readStatements('log\nforward . 192.0.2.1 {\n  policy random\n}\n', true);
    assert.deepEqual(lines(outline(tree)), ['plugin log', 'plugin forward | . 192.0.2.1', '  option policy | random']);
  });

  test('folding: comments, blocks with their closing brace in sight, a block without end', () => {
    const fold = (text: string): string =>
      foldingRanges(readStatements(text))
        .map(({ startLine, endLine, kind }) => `${kind} ${startLine}-${endLine}`)
        .join(', ');
    assert.equal(fold(FILE), 'comment 1-2, block 4-5, block 7-13, block 9-10');
    assert.equal(fold('. {\n    errors\n'), 'block 1-3');
    assert.equal(fold('. { errors }\n# one\n'), '');
    assert.equal(fold('. {\n}\n'), '');
    assert.equal(fold('# a\nerrors # b\n# c\n'), '');
  });

  test('selection grows from the word to the line, the block, the file', () => {
    const { tree, offset } = drawn('. {\n    cache {\n        success 1‸00\n    }\n}\n');
    assert.deepEqual(
      selectionRanges(tree, offset).map(({ start, end }) => tree.text.slice(start, end)),
      [
        '100',
        'success 100',
        '\n        success 100\n    ',
        'cache {\n        success 100\n    }',
        '\n    cache {\n        success 100\n    }\n',
        '. {\n    cache {\n        success 100\n    }\n}',
        '. {\n    cache {\n        success 100\n    }\n}\n',
      ],
    );
  });

  test('what words mean', () => {
    const text = `(s) {
    errors
}
.:53 {
    import s
    import files/*.conf
    fowrard . 192.0.2.1
    forward example.org {$UPSTREAM}
    kubernetes cluster.local {
        pods verified
        podz on
        ttl 30
    }
    log . "a b"
    rewrite stop name suffix .a.example .b.example answer auto
}
`;
    const tree = readStatements(text);
    assert.deepEqual(
      semanticTokens(tree, '1.15.0').map(({ start, end, kind }) => `${text.slice(start, end)}: ${kind}`),
      [
        '(s): snippet',
        'errors: plugin',
        '.:53: zone',
        's: snippet',
        'fowrard: unknown',
        'forward: plugin',
        'example.org: zone',
        '{$UPSTREAM}: environment',
        'kubernetes: plugin',
        'cluster.local: zone',
        'pods: option',
        'verified: value',
        'podz: unknown',
        'ttl: option',
        'log: plugin',
        'rewrite: plugin',
        'stop: value',
        'name: option',
        'suffix: value',
        'answer: value',
        'auto: value',
      ],
    );
  });

  test('the order of execution, with what a snippet brings', () => {
    const tree = readStatements(FILE);
    assert.deepEqual(
      orderHints(tree, '1.15.0').map(
        ({ offset, label }) => `${tree.text.slice(0, offset).split(/\s/u).pop()} ${label}`,
      ),
      ['kubernetes 3rd', 'forward 4th', 'cache 2nd'],
    );
    assert.deepEqual(orderHints(readStatements('. {\n    errors\n}\n'), '1.15.0'), []);
  });
});
