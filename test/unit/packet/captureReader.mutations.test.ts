import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureBuilder, concat, dnsQuery, text } from '../../support/packetBuilder.ts';
import { mutated, rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';
import { collectPackets } from './collectPackets.ts';

const INPUTS = 100_000;
const TIME = 1_700_000_000_123_456_789n;

function pcap(bigEndian: boolean, nanos: boolean): Uint8Array {
  const builder = new CaptureBuilder({ bigEndian, nanos });
  for (let k = 0; k < 2; k++) {
    const payload = dnsQuery({ id: k, name: 'a.example.com' });
    builder.udp({ src: '10.0.0.1', dst: '10.0.0.2', sport: 4000, dport: 53, timeNs: TIME + BigInt(k), payload });
  }
  return builder.bytes();
}

function modifiedPcap(): Uint8Array {
  const bytes = pcap(false, false);
  bytes.set([0x34, 0xcd, 0xb2, 0xa1]);
  return bytes;
}

function pcapng(bigEndian: boolean): Uint8Array {
  const interfaceOptions = [
    [9, Uint8Array.of(9)],
    [14, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)],
    [2, text('eth0')],
  ] as const;
  const builder = new CaptureBuilder({ format: 'pcapng', bigEndian, interfaceOptions, sectionComments: ['made up'] });
  const options = builder.options([
    [1, text('slow')],
    [4, builder.u64(7n)],
  ]);
  return builder
    .block(4, builder.options([[1, Uint8Array.of(10, 96, 0, 10, ...text('kube-dns\0'))]]))
    .frame(TIME, Uint8Array.of(1, 2, 3))
    .block(6, concat(new Uint8Array(20), options))
    .block(3, Uint8Array.of(1, 0, 0, 1, 7, 0, 0, 0))
    .block(2, new Uint8Array(20))
    .block(0x0bad, new Uint8Array(12))
    .statistics(0, 1n, 2n)
    .bytes();
}

for (const [name, inputs] of [
  ['pcap', [pcap(false, false), pcap(true, false), pcap(false, true), pcap(true, true), modifiedPcap()]],
  ['pcapng', [pcapng(false), pcapng(true), concat(pcapng(false), pcapng(true))]],
] as const) {
  const seed = rotatingSeed();
  test(`${String(INPUTS)} mutated ${name} inputs, seed ${String(seed)}: no throw, no packet outside the stream`, () => {
    const random = seededRandom(seed);
    for (let round = 0; round < INPUTS; round++) {
      const bytes = mutated(inputs[random(inputs.length)]!, random);
      const at = random(bytes.length + 1);
      const { packets, state } = collectPackets(bytes.subarray(0, at), bytes.subarray(at));
      for (const { streamOffset, hex, nanos } of packets) {
        assert.ok(streamOffset + hex.length / 2 <= bytes.length && nanos >= 0 && nanos < 1e9, `round ${String(round)}`);
      }
      assert.equal(state.bytes, bytes.length);
    }
  });
}
