/** One CoreDNS pod fails with what the other does well: its upstream looks broken in each lookup, and is not at fault. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { runSteps } from '../../../src/base/steps.ts';
import { transactionRecords } from '../../../src/core/export/transactionRecords.ts';
import { evaluateFindings, type FindingSet, NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { dnsMapOf } from '../../../src/core/view/map/dnsMap.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { fixtures } from '../../cluster/faults/allRecipes.ts';

suite('One CoreDNS pod alone is at fault', () => {
  let reading: Awaited<ReturnType<typeof readCaptureFiles>>;
  let engine: TraceEngine;
  let findings: FindingSet;
  let view: LookupView;
  before(async () => {
    reading = await readCaptureFiles(() => new TraceEngine(), [join(fixtures, 'one-coredns-failing.pcapng')]);
    ({ engine } = reading);
    engine.finish();
    findings = evaluateFindings(engine);
    view = new LookupView(engine);
    view.update(findings);
  });
  after(() => reading.close());

  test('the map marks the pod, not the upstream behind it', () => {
    const beginsAt = (set: FindingSet): readonly string[] =>
      runSteps(dnsMapOf(engine, set, undefined))
        .nodes.filter(({ column, began }) => column !== 'client' && began > 0)
        .map(({ label }) => label);
    assert.deepEqual(beginsAt(NO_FINDINGS), ['192.168.77.53:53'], 'what single lookups show');
    assert.deepEqual(beginsAt(findings), ['coredns-5757fcb57-2vrq5']);
  });

  test('the way and the words of a lookup say so', () => {
    const lookup = [...findings.atFault.keys()].find((id) => engine.failures.has(id))!;
    const { lookup: row, meaning } = lookupDetails(engine, lookup, view.explained(lookup));
    const states = Object.fromEntries(row.way.map(({ hop, state }) => [hop, state]));
    assert.deepEqual(states, { client: 'ok', 'kube-dns': 'ok', coredns: 'failed', upstream: 'unwatched' });
    assert.match(meaning, /the one to look at is kube-system\/coredns-5757fcb57-2vrq5/);
  });

  test('so do exports', () => {
    const hops = new Set<string | undefined>();
    for (const { lookup, faultHop } of transactionRecords(engine, { findings }))
      if (lookup !== undefined && findings.atFault.has(lookup) && engine.failures.has(lookup)) hops.add(faultHop);
    assert.deepEqual([...hops], ['coredns']);
  });
});
