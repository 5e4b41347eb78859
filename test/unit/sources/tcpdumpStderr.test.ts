import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { captureFilter } from '../../../src/sources/captureFilter.ts';
import { captureProblem } from '../../../src/sources/podCapture.ts';
import { parseStderrLine, StderrReader, type StderrEvent } from '../../../src/sources/tcpdumpStderr.ts';

const counters = (line: string): unknown => {
  const event = parseStderrLine(line);
  return event.kind === 'counters' ? event.counters : event;
};

describe('the standard error of a capture', () => {
  // Lines as tcpdump 4.99 and 4.9 write them on SIGUSR1 and at the end.
  it('gives counters in all of their forms', () => {
    assert.deepEqual(
      counters('tcpdump: 12 packets captured, 30 packets received by filter, 4 packets dropped by kernel'),
      {
        captured: 12,
        received: 30,
        dropped: 4,
      },
    );
    assert.deepEqual(counters('1 packet captured'), { captured: 1 });
    assert.deepEqual(counters('2 packets received by filter'), { received: 2 });
    assert.deepEqual(counters('3 packets dropped by kernel'), { dropped: 3 });
    assert.deepEqual(counters('5 packets dropped by kernel, 6 packets dropped by interface'), { dropped: 11 });
  });

  it('tells tcpdump, supervisor and the rest apart', () => {
    assert.deepEqual(parseStderrLine('tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2)'), {
      kind: 'listening',
    });
    assert.deepEqual(parseStderrLine('dnscope: ending heartbeat-lost'), {
      kind: 'supervisor',
      word: 'ending',
      rest: 'heartbeat-lost',
    });
    assert.deepEqual(parseStderrLine('tcpdump: syntax \u202e error'), {
      kind: 'text',
      text: 'tcpdump: syntax \\u{202e} error',
    });
  });

  it('gives the same events however the bytes are cut', () => {
    const text =
      'tcpdump: listening on any\ndnscope: ending signal\n7 packets captured\n8 packets dropped by kernel\nüber\nrest';
    const bytes = new TextEncoder().encode(text);
    const read = (cuts: readonly number[]): readonly StderrEvent[] => {
      const events: StderrEvent[] = [];
      const reader = new StderrReader((event) => events.push(event));
      let from = 0;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        reader.push(bytes.subarray(from, cut));
        from = cut;
      }
      reader.push(bytes.subarray(from));
      reader.end();
      return events;
    };
    const whole = read([]);
    assert.equal(whole.length, 6);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => assert.deepEqual(read(cuts), whole)),
    );
  });

  it('survives any bytes with bounded memory', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 4000 }), { maxLength: 8 }), (chunks) => {
        const reader = new StderrReader((event) => {
          if (event.kind === 'text') assert.ok(event.text.length <= 20_000);
        });
        for (const chunk of chunks) reader.push(chunk);
        reader.end();
      }),
    );
  });
});

describe('captureFilter', () => {
  it('is made of numbers alone', () => {
    assert.match(captureFilter([53]), /^port 53 or port 853 or \(icmp\[0\] = 3 and /);
    assert.match(captureFilter([53, 5353, 53]), /^port 53 or port 5353 or port 853 or \(icmp/);
    assert.match(captureFilter([853]), /^port 853 or \(icmp/);
    assert.match(captureFilter([53, 1053]), /^[a-z0-9 ()[\]:=<&!+]+$/);
    for (const bad of [[], [0], [65_536], [1.5], [Number.NaN], Array.from({ length: 17 }, (_, i) => i + 1)]) {
      assert.throws(() => captureFilter(bad), /1 to 16 ports/);
    }
    assert.throws(() => captureFilter(['53 or host x' as unknown as number]), /1 to 16 ports/);
  });
});

describe('captureProblem', () => {
  it('finds the reason in what was said', () => {
    const codeOf = (supervisor: string, text: string, code: number, message = ''): string =>
      captureProblem(supervisor, text, { code, message }).code;
    assert.equal(codeOf('no-tcpdump', '', 127), 'image-without-tcpdump');
    assert.equal(
      codeOf('tcpdump-exit 1', "tcpdump: any: You don't have permission to perform this capture", 1),
      'packet-socket-refused',
    );
    assert.equal(codeOf('', '', 126, 'exec failed: "sh": executable file not found in $PATH'), 'image-without-sh');
    assert.equal(codeOf('', '', 137), 'capture-container-gone');
    assert.equal(codeOf('', '', -1, 'container not found ("dnscope-x")'), 'capture-container-gone');
    assert.match(captureProblem('', '', { code: 3 }).detail, /exit code 3/);
  });
});
