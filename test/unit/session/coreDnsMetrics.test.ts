import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCorefile } from '../../../src/core/corefile/model.ts';
import { metricsPorts } from '../../../src/session/cluster/coreDnsMetrics.ts';

test('metrics are asked for only where others can reach them', () => {
  const ports = (text: string): readonly number[] => metricsPorts(readCorefile(text));
  assert.deepEqual(ports('. {\n  prometheus :9153\n}\norg {\n  prometheus 0.0.0.0:9153\n}\n'), [9153]);
  assert.deepEqual(ports('. {\n  prometheus\n}\norg {\n  prometheus 127.0.0.1:9\n}\nnet {\n  prometheus :0\n}\n'), []);
});
