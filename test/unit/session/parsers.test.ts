import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../../src/session/duration.ts';
import { quantityBytes } from '../../../src/session/quantity.ts';
import { formatTraceTarget, parseTraceTarget, selectorTarget } from '../../../src/session/trace/traceTarget.ts';

describe('parseDuration', () => {
  it('reads what people write', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['30s', 30_000],
      ['30', 30_000],
      ['1m30s', 90_000],
      ['500ms', 500],
      ['1.5h', 5_400_000],
      ['24h', 86_400_000],
    ];
    for (const [text, expected] of cases) assert.equal(parseDuration(text).value, expected, text);
  });

  it('refuses the rest with a way out', () => {
    for (const text of ['', '0', '-1s', '25h', '1d', 's', '1 s', '1e3s', '30s; rm', 'NaN', '٣s']) {
      assert.equal(parseDuration(text).value, undefined, text);
      assert.match(parseDuration(text).problem?.recover ?? '', /30s/);
    }
  });

  it('never throws and stays within a day', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.hms]{0,30}$/)), (text) => {
        const { value, problem } = parseDuration(text);
        assert.notEqual(value === undefined, problem === undefined);
        if (value !== undefined) assert.ok(Number.isInteger(value) && value >= 1 && value <= 86_400_000);
      }),
    );
  });

  it('is written back in words', () => {
    assert.deepEqual([500, 30_000, 300_000, 7_200_000].map(formatDuration), ['1 s', '30 s', '5 min', '2 h']);
  });
});

describe('quantityBytes', () => {
  // k8s.io/apimachinery/pkg/api/resource: the forms that the API server accepts and gives back.
  it('reads Kubernetes quantities', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['170Mi', 170 * 1024 * 1024],
      ['1Gi', 2 ** 30],
      ['128974848', 128974848],
      ['129e6', 129e6],
      ['129M', 129e6],
      ['1.5k', 1500],
      ['128974848000m', 128974848],
      ['.5Gi', 2 ** 29],
    ];
    for (const [text, expected] of cases) assert.equal(quantityBytes(text), expected, text);
    for (const text of ['', 'Mi', '1mi', '1 Mi', '-1', '1e', '0x10'])
      assert.equal(quantityBytes(text), undefined, text);
  });

  it('never throws, and what it gives is a size', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eE+KMGi m]{0,24}$/)), (text) => {
        const bytes = quantityBytes(text);
        assert.ok(bytes === undefined || (bytes >= 0 && !Number.isNaN(bytes)));
      }),
    );
  });
});

describe('trace targets', () => {
  it('reads the grammar of design.md and writes it back', () => {
    for (const text of ['pod/x', 'deploy/order-service', 'coredns', 'node/lab-1', 'pod/a.b-c']) {
      const { value } = parseTraceTarget(text);
      assert.ok(value, text);
      assert.equal(formatTraceTarget(value), text);
    }
    assert.deepEqual(parseTraceTarget('x').value, { kind: 'pod', name: 'x' });
    assert.deepEqual(parseTraceTarget('deployment/x').value, { kind: 'deployment', name: 'x' });
    assert.deepEqual(selectorTarget('app=x,tier!=y').value, { kind: 'selector', selector: 'app=x,tier!=y' });
  });

  it('accepts nothing that is no object name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { value, problem } = parseTraceTarget(`pod/${text}`);
        assert.notEqual(value === undefined, problem === undefined);
        if (value?.kind === 'pod') assert.match(value.name, /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
      }),
    );
    for (const text of ['pod/', 'pod/A', 'svc/x', 'pod/../x', 'pod/x/y', '-x', '$(id)', 'pod/x\n']) {
      assert.equal(parseTraceTarget(text).problem?.code, 'bad-target', text);
    }
    for (const text of ['', ' ', 'a=$(id)', 'a="b"', 'a=b\n'])
      assert.equal(selectorTarget(text).problem?.code, 'bad-target');
  });
});
