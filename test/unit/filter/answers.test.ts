/** Conditions on the addresses in answers, which are read from the packets again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { CaptureBuilder, dnsQuery, dnsResponse, tcpFramed, type DnsResponseSpec } from '../../support/packetBuilder.ts';
import { EPOCH_NS, POD, VIP } from '../../support/story.ts';

interface Said extends DnsResponseSpec {
  readonly tcp?: boolean;
}

const SAID: readonly Said[] = [
  { name: 'one.test', answers: [{ type: 'A', name: 'one.test', data: '192.0.2.1' }] },
  {
    name: 'alias.test',
    answers: [
      { type: 'CNAME', name: 'alias.test', data: 'far.test' },
      { type: 'A', name: 'far.test', data: '192.0.2.9' },
      { type: 'A', name: 'far.test', data: '192.0.2.1' },
    ],
  },
  { name: 'six.test', type: 'AAAA', answers: [{ type: 'AAAA', name: 'six.test', data: '2001:db8::1' }] },
  { name: 'text.test', type: 'TXT', answers: [{ type: 'TXT', name: 'text.test', data: '192.0.2.1' }] },
  { name: 'none.test', answers: [], authorities: [{ type: 'A', name: 'none.test', data: '192.0.2.1' }] },
  { name: 'gone.test', rcode: 'NXDOMAIN' },
  { name: 'long.test', tcp: true, answers: [{ type: 'A', name: 'long.test', data: '198.51.100.7' }] },
];

/** Header first, then a capture of each question with its answer. */
class Captured {
  readonly engine = new TraceEngine();
  #bytes = new Uint8Array(0);
  #held = true;
  readonly #stream;

  constructor() {
    this.engine.addVantage({ name: 'shop/order-service', role: 'client', addresses: [POD] }, (offset, length) =>
      this.#held ? this.#bytes.slice(offset, offset + length) : undefined,
    );
    this.#stream = this.engine.openStream(0);
  }

  say(said: readonly Said[], first = 0): this {
    const builder = new CaptureBuilder({ nanos: true });
    said.forEach((spec, index) => {
      const at = first + index;
      const timeNs = EPOCH_NS + BigInt(at) * 1_000_000_000n;
      const ends = { src: POD, sport: 40_000 + at, dst: VIP, dport: 53 };
      const back = { src: VIP, sport: 53, dst: POD, dport: 40_000 + at };
      const id = 100 + at;
      const query = dnsQuery({ id, name: spec.name, type: spec.type ?? 'A' });
      const response = dnsResponse({ ...spec, id });
      if (spec.tcp === true) {
        builder.tcp({ timeNs, ...ends, seq: 1, payload: tcpFramed(query) });
        builder.tcp({ timeNs: timeNs + 1000n, ...back, seq: 1, payload: tcpFramed(response) });
      } else {
        builder.udp({ timeNs, ...ends, payload: query });
        builder.udp({ timeNs: timeNs + 1000n, ...back, payload: response });
      }
    });
    const bytes = first === 0 ? builder.bytes() : builder.bytes().slice(24);
    this.#bytes = Uint8Array.from([...this.#bytes, ...bytes]);
    this.#stream.push(bytes);
    this.engine.refresh();
    return this;
  }

  forget(): void {
    this.#held = false;
  }
}

function namesIn(view: LookupView): string {
  return view
    .read(0, 100)
    .map(({ name }) => name.replace('.test.', ''))
    .join(' ');
}

function found(engine: TraceEngine, filter: string): string {
  const view = new LookupView(engine);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, filter);
  return namesIn(view);
}

test('an address is found in any record of the answer section, and nowhere else', () => {
  const { engine } = new Captured().say(SAID);
  assert.equal(found(engine, 'answer == 192.0.2.1'), 'one alias');
  assert.equal(found(engine, 'answer == 192.0.2.9'), 'alias');
  assert.equal(found(engine, 'addresses==198.51.100.7'), 'long');
  assert.equal(found(engine, 'answer in (192.0.2.9, 2001:db8::1)'), 'alias six');
  assert.equal(found(engine, 'answer == 192.0.0.0/8'), 'one alias');
  assert.equal(found(engine, 'dns.a == 192.0.2.1'), 'one alias');
  assert.equal(found(engine, 'dns.a == 2001:db8::1'), '');
  assert.equal(found(engine, 'dns.aaaa == 2001:db8::/32'), 'six');
});

test('what has no address passes neither a condition nor its denial by !=', () => {
  const { engine } = new Captured().say(SAID);
  assert.equal(found(engine, 'answer != 192.0.2.1'), 'six long');
  assert.equal(found(engine, 'dns.a'), 'one alias long');
  assert.equal(found(engine, 'dns.aaaa'), 'six');
  assert.equal(found(engine, 'none(answer == 192.0.2.1)'), 'six text none gone long');
  assert.equal(found(engine, 'qr==Q, answer == 192.0.2.1'), '');
  assert.equal(found(engine, 'name:alias and answer == 192.0.2.1'), 'alias');
  assert.equal(found(engine, 'type == AAAA or answer == 192.0.2.9'), 'alias six');
});

test('a filter that is in force finds answers that come later', () => {
  const captured = new Captured().say(SAID);
  const { engine } = captured;
  const view = new LookupView(engine);
  view.set('answer == 192.0.2.1', undefined);
  assert.equal(namesIn(view), 'one alias');
  captured.say([{ name: 'later.test', answers: [{ type: 'A', name: 'later.test', data: '192.0.2.1' }] }], SAID.length);
  view.update(NO_FINDINGS);
  assert.equal(namesIn(view), 'one alias later');
});

test('answers whose packets are no longer held are not found, and nothing else is lost', () => {
  const captured = new Captured().say(SAID);
  captured.forget();
  assert.equal(found(captured.engine, 'answer == 192.0.2.1'), '');
  assert.equal(found(captured.engine, 'rcode == NXDOMAIN or answer == 192.0.2.1'), 'gone');
});
