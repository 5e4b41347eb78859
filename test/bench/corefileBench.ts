/** Diagnostics of a 1,000-line Corefile while somebody types in it, beside plain lexing of the same text in the same run. */
import { lexCorefile } from '../../src/core/corefile/lexer.ts';
import { lintCorefile } from '../../src/core/corefile/lint.ts';
import { COREFILE_SHAPES } from './corefileShapes.ts';

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
  benchShapes();
}

/** Diagnostics of 1,000 lines alike, and of twice as many: about 2 × where the cost is linear. */
function benchShapes(): void {
  process.stdout.write('Corefile of 1000 lines alike, diagnostics p50\n');
  for (const [name, make] of Object.entries(COREFILE_SHAPES)) {
    const [single, double] = [make(LINES), make(2 * LINES)];
    const lex = median(() => lexCorefile(single));
    const lint = median(() => lintCorefile(single, { file: 'Corefile' }));
    const twice = median(() => lintCorefile(double, { file: 'Corefile' }));
    process.stdout.write(
      `${name.padEnd(40)} ${ms(lint).padStart(9)} ${(lint / lex).toFixed(0).padStart(4)} × lexing, twice the lines ${(twice / lint).toFixed(1)} ×\n`,
    );
  }
  process.stdout.write('\n');
}

function median(measure: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < 45; round += 1) {
    const started = performance.now();
    measure();
    times.push(performance.now() - started);
  }
  return at(
    times.slice(5).sort((a, b) => a - b),
    0.5,
  );
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
