/** Diagnostics of a 1,000-line Corefile while somebody types in it, beside plain lexing of the same text in the same run. */
import { lexCorefile } from '../../src/core/corefile/lexer.ts';
import { lintCorefile } from '../../src/core/corefile/lint.ts';

const GOAL_MS = 10;
const LINES = 1_000;
const TYPED = '    forward . 192.0.2.53 192.0.2.54 {\n        max_concurrent 1000\n        policy sequential\n    }\n';

export function benchCorefile(): void {
  const text = largeCorefile();
  const places = [...text.matchAll(/^ {4}errors\n/gmu)].map(({ index }) => index);
  const keystrokes = (measure: (current: string) => void): readonly number[] => {
    const times: number[] = [];
    for (const place of places.slice(0, 12)) {
      for (let typed = 1; typed <= TYPED.length; typed += 1) {
        const current = text.slice(0, place) + TYPED.slice(0, typed) + text.slice(place);
        const started = performance.now();
        measure(current);
        times.push(performance.now() - started);
      }
    }
    return times.slice(TYPED.length).sort((a, b) => a - b); // the first line typed warms up
  };
  const lex = keystrokes((current) => lexCorefile(current));
  const lint = keystrokes((current) => lintCorefile(current, { file: 'Corefile' }));
  const ratio = at(lint, 0.5) / at(lex, 0.5);
  process.stdout.write(`Corefile of ${text.split('\n').length - 1} lines, per keystroke (${lint.length} of them)\n`);
  process.stdout.write(
    `diagnostics p50 ${ms(at(lint, 0.5))} p95 ${ms(at(lint, 0.95))}, goal ${GOAL_MS} ms, ${ratio.toFixed(1)} × lexing\n`,
  );
  process.stdout.write(`lexing      p50 ${ms(at(lex, 0.5))} p95 ${ms(at(lex, 0.95))}\n\n`);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

/** Stub zones as a busy cluster has them, with rewrites, hosts and a slip here and there. */
function largeCorefile(): string {
  let text = '(common) {\n    errors\n    cache 30\n    reload\n}\n';
  for (let zone = 0; text.split('\n').length < LINES; zone += 1) {
    text += `zone${zone}.example.org:53 {\n    errors\n    log . {combined} {\n        class error denial\n    }\n`;
    text += `    rewrite name exact a${zone}.example.org b${zone}.example.org answer auto\n    cache 30 {\n        success 9984 30\n        prefetch 10 1m 10%\n    }\n`;
    text += `    hosts {\n        192.0.2.${zone % 250} x.zone${zone}.example.org\n        fallthrough\n    }\n`;
    text += `    forward . 192.0.2.${zone % 250} tls://192.0.2.1${zone % 7 === 0 ? ' {\n        policy sequental\n    }' : ''}\n    reload\n}\n`;
  }
  return text;
}
