import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPrometheusText } from '../../../src/core/metrics/prometheusText.ts';

const responses = 'coredns_dns_responses_total';
const wanted: ReadonlySet<string> = new Set([responses, 'process_start_time_seconds']);

describe('the Prometheus text reader', () => {
  it('keeps the wanted samples with labels and values', () => {
    const { samples, broken, truncated } = readPrometheusText(
      [
        '# HELP coredns_dns_responses_total Counter of response status codes.',
        '# TYPE coredns_dns_responses_total counter',
        'coredns_dns_responses_total{plugin="",rcode="SERVFAIL",server="dns://:53",zone="."} 4',
        'coredns_dns_responses_total_other 7',
        'coredns_dns_responses_total{ rcode = "A\\"b\\\\c\\nd" , } 1e3 1700000000000\r',
        'process_start_time_seconds\t1.73e+09',
        '',
      ].join('\n'),
      wanted,
    );
    assert.deepEqual(samples, [
      { name: responses, labels: { plugin: '', rcode: 'SERVFAIL', server: 'dns://:53', zone: '.' }, value: 4 },
      { name: responses, labels: { rcode: 'A"b\\c\nd' }, value: 1000 },
      { name: 'process_start_time_seconds', labels: {}, value: 1_730_000_000 },
    ]);
    assert.equal(broken, 0);
    assert.equal(truncated, false);
  });

  it('skips and counts what cannot be read', () => {
    const lines = ['{', '{rcode', '{rcode=', '{rcode="x', '{rcode="x\\', '{="x"} 1', '{rcode="x"}', ' one', ' 0x', ''];
    const { samples, broken } = readPrometheusText(lines.map((rest) => responses + rest).join('\n'), wanted);
    assert.deepEqual(samples, []);
    assert.equal(broken, lines.length);
  });

  it('reads the special numbers, and a label called __proto__ as a label', () => {
    const { samples } = readPrometheusText(`${responses}{__proto__="p"} +Inf\n${responses} NaN\n`, wanted);
    assert.deepEqual(
      samples.map(({ value }) => value),
      [Infinity, Number.NaN],
    );
    assert.deepEqual(Object.entries(samples[0]?.labels ?? {}), [['__proto__', 'p']]);
  });

  it('keeps a bounded number of samples', () => {
    const { samples, truncated } = readPrometheusText(`${responses} 1\n`.repeat(20_001), wanted);
    assert.equal(samples.length, 20_000);
    assert.equal(truncated, true);
  });

  it('takes any text, and never gives what was not asked for', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(responses, '{', '}', '"', '\\', ',', '=', ' ', '\n', 'rcode', '# ', '1'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const { name } of readPrometheusText(pieces.join(''), wanted).samples) assert.ok(wanted.has(name));
      }),
    );
  });
});
