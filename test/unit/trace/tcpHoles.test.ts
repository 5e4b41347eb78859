/** Messages of DNS over TCP that come through only when a segment before them is given up as lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TcpFlag } from '../../../src/core/packet/frame.ts';
import { ROW_MASK, State } from '../../../src/core/trace/tables.ts';
import { dnsQuery, dnsResponse, tcpFramed, tcpPacket } from '../../support/packetBuilder.ts';
import { POD, Story, VIP } from '../../support/story.ts';

const pod = 'shop/order-service';
const NOTHING = new Uint8Array(0);
const names = ['a.example.com', 'b.example.com'];
const there = { src: POD, sport: 40_000, dst: VIP, dport: 53 };
const back = { src: VIP, sport: 53, dst: POD, dport: 40_000 };

/** Two queries over one connection; the segment with the first answer was not captured, and then UDP alone until `untilMs`. */
function oneAnswerLost(untilMs: number): Story {
  const story = new Story().vantage(pod, 'client', POD);
  const queries = tcpFramed(...names.map((name, id) => dnsQuery({ id, name })));
  const answers = names.map((name, id) => tcpFramed(dnsResponse({ id, name })));
  story.packet(pod, 0, tcpPacket({ ...there, seq: 99, flags: TcpFlag.syn, payload: NOTHING }), 'out');
  story.packet(pod, 1, tcpPacket({ ...back, seq: 499, flags: TcpFlag.syn | TcpFlag.ack, payload: NOTHING }));
  story.packet(pod, 2, tcpPacket({ ...there, seq: 100, payload: queries }), 'out');
  story.packet(pod, 30, tcpPacket({ ...back, seq: 500 + answers[0]!.length, payload: answers[1]! }));
  story.packet(
    pod,
    31,
    tcpPacket({ ...there, seq: 100 + queries.length, flags: TcpFlag.fin | TcpFlag.ack, payload: NOTHING }),
    'out',
  );
  for (let at = 1000; at <= untilMs; at += 1000)
    story.leg({
      at,
      took: 1,
      client: POD,
      port: 41_000,
      server: VIP,
      id: at / 1000,
      name: 'c.example.com',
      vantage: pod,
    });
  return story.withFaults(9);
}

test('an answer behind a lost segment came when it was captured, however late it comes through', () => {
  for (const untilMs of [3000, 100_000]) {
    const { trace } = oneAnswerLost(untilMs).run().engine;
    const { state, end, response } = trace.transactions.of(1);
    assert.deepEqual(
      [state[0], state[1], end[1]! - trace.transactions.of(0).start[0]!],
      [State.unanswered, State.answered, 28e6],
    );
    const row = response[1]!;
    const { packet, time } = trace.messages.of(row);
    assert.deepEqual([packet[row & ROW_MASK], time[row & ROW_MASK]], [4, end[1]]);
  }
});
