/**
 * 100,000 mutated inputs for each decoder of the wire, with another seed each run (test/support/rotatingSeed.ts): none throws or hangs,
 * what is read lies inside what was given, and memory stays under its bounds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFrame, Frame, IpProtocol } from '../../../src/core/packet/frame.ts';
import { FragmentReassembler, type FragmentPlace } from '../../../src/core/packet/fragments.ts';
import { readIcmpError } from '../../../src/core/packet/icmpError.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { TcpReassembler } from '../../../src/core/packet/tcpReassembler.ts';
import { enterTunnel } from '../../../src/core/packet/tunnel.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { fragmentsOf, icmpError } from '../../support/encapsulation.ts';
import { dnsQuery, tcpFramed, tcpPacket, udpPacket } from '../../support/packetBuilder.ts';
import { mutated, rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { wireCorpus } from '../../support/wireCorpus.ts';
import { collectPackets } from './collectPackets.ts';

const ROUNDS = 100_000;
const seed = rotatingSeed();
const random = seededRandom(seed);
/** A slow machine takes seconds for all rounds; a hang in one would take more. */
const corpus = wireCorpus(seededRandom(seed), 25);
const frames = corpus.flatMap(({ bytes, linkType }) =>
  collectPackets(bytes).packets.map(({ hex }) => ({ bytes: Uint8Array.from(Buffer.from(hex, 'hex')), linkType })),
);
function pick<T>(all: readonly T[]): T {
  return all[random(all.length)]!;
}

test(`frames, tunnels and ICMP errors, seed ${String(seed)}`, () => {
  const frame = new Frame();
  for (let round = 0; round < ROUNDS; round++) {
    const { bytes: whole, linkType } = pick(frames);
    const bytes = mutated(whole, random);
    let decoded = decodeFrame(bytes, 0, bytes.length, random(20) === 0 ? random(300) : linkType, frame);
    for (let layer = 0; decoded && layer < 8; layer++) {
      assert.ok(frame.payloadStart <= bytes.length && frame.payloadEnd <= bytes.length);
      assert.ok(frame.ipStart < frame.ipEnd && frame.srcStart + 2 * frame.addressLength <= bytes.length);
      if (frame.protocol === IpProtocol.icmp || frame.protocol === IpProtocol.icmp6) {
        const error = readIcmpError(bytes, frame);
        if (error !== undefined) assert.ok(error.payloadStart <= bytes.length && error.payloadEnd <= bytes.length);
        break;
      }
      decoded = enterTunnel(bytes, frame);
    }
  }
});

test(`fragments, seed ${String(seed)}`, () => {
  const limits = { maxPackets: 50, maxBytes: 100_000, maxPiecesPerPacket: 16 };
  let incomplete = 0;
  const table = new FragmentReassembler<FragmentPlace>(({ beginning }) => {
    incomplete++;
    assert.ok(beginning === undefined || beginning.length <= 65_535 + 40);
  }, limits);
  const ends = { src: '10.96.0.10', dst: '10.0.0.1', sport: 53, dport: 40_000 };
  const payload = new Uint8Array(600).fill(7);
  // Groups of fragments of one packet each; several packets of a group are under way at once.
  const groups = [128, 256].flatMap((size) => [
    fragmentsOf(udpPacket({ ...ends, payload }), size),
    fragmentsOf(udpPacket({ ...ends, src: 'fd00::a', dst: 'fd00::1', payload }), size),
  ]);
  const frame = new Frame();
  let whole = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const group = random(groups.length);
    const part = pick(groups[group]!);
    const bytes = random(8) === 0 ? mutated(part, random) : part.slice();
    bytes[bytes[0]! >> 4 === 4 ? 5 : 47] = group * 8 + random(4);
    if (!decodeFrame(bytes, 0, bytes.length, LinkType.raw, frame) || frame.fragment === 0 || frame.clipped) continue;
    const packet = table.add(bytes, frame, { vantage: 0, time: round * 1e6 });
    if (packet !== undefined) whole++;
    assert.ok(table.heldBytes >= 0 && table.heldBytes <= limits.maxBytes);
  }
  table.expire(Infinity);
  assert.equal(table.heldBytes, 0);
  assert.ok(whole > 10 && incomplete > 10 && table.counts.contradictions > 10, JSON.stringify(table.counts));
});

test(`TCP segments, seed ${String(seed)}`, () => {
  let delivered = 0;
  const sink = {
    onTcpMessage(message: Uint8Array, start: number, end: number): void {
      delivered++;
      assert.ok(start >= 0 && end - start >= 12 && end <= message.length);
    },
  };
  const limits = { maxStreams: 40, maxBytesPerStream: 8192, maxBytes: 65_536 };
  const table = new TcpReassembler(sink, limits);
  const stream = tcpFramed(
    ...Array.from({ length: 30 }, (_, id) => dnsQuery({ id, name: `n${String(id)}.example.com` })),
  );
  const frame = new Frame();
  for (let round = 0; round < ROUNDS; round++) {
    const from = random(stream.length);
    const packet = tcpPacket({
      src: '10.0.0.1',
      dst: '10.96.0.10',
      sport: 1000 + random(60),
      dport: 53,
      seq: 5000 + from,
      flags: random(30) === 0 ? random(64) : 24,
      payload: stream.subarray(from, from + random(200)),
    });
    const bytes = random(3) === 0 ? mutated(packet, random) : packet;
    if (!decodeFrame(bytes, 0, bytes.length, LinkType.raw, frame) || frame.protocol !== IpProtocol.tcp) continue;
    table.segment(0, bytes, frame, { time: round * 1e5 });
    assert.ok(table.heldBytes >= 0 && table.heldBytes <= limits.maxBytes && table.streamCount <= limits.maxStreams);
  }
  table.end();
  assert.ok(delivered > 1000);
});

test(`ICMP errors and everything else through the engine, seed ${String(seed)}`, () => {
  const engine = new TraceEngine();
  const stream = engine.openFile(() => ({ name: 'capture', role: 'unknown', addresses: [] }));
  stream.onInterface({ index: 0, linkType: LinkType.raw });
  const query = udpPacket({
    src: '10.0.0.1',
    sport: 40_000,
    dst: '10.96.0.10',
    dport: 53,
    payload: dnsQuery({ name: 'a.b' }),
  });
  const errors = [3, 11, 12].map((type) =>
    icmpError({ src: '10.0.0.9', dst: '10.0.0.1', type, code: 3, about: query }),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const isError = random(3) === 0;
    const { bytes: whole, linkType } = isError ? { bytes: pick(errors), linkType: LinkType.raw } : pick(frames);
    const bytes = random(8) === 0 ? whole : mutated(whole, random);
    const seconds = 1_763_700_000 + Math.floor(round / 1000);
    stream.onPacket(bytes, 0, bytes.length, bytes.length, seconds, (round % 1000) * 1e6, linkType, 0, round * 100);
  }
  engine.finish();
  const { trace } = engine;
  assert.ok(trace.totals.messages > 10_000 && trace.totals.icmpErrors > 100 && trace.totals.reassembledFragments > 10);
  assert.ok(
    trace.icmpErrors.size <= 50_000 && trace.icmpTallies.size <= 1000 && trace.opaqueFlows.tallies.size <= 1000,
  );
});
