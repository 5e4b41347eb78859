/**
 * Writes `src/session/trace/agentScripts.ts` from the shell files in agent/: they travel as one exec argument, so they go without
 * comments, blank lines and indentation (an exec's command is part of a URL, and some proxies stop at 8 KB).
 * Run `node scripts/embedAgent.ts` after a change; `test/unit/session/agentScripts.test.ts` fails while they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TARGET = fileURLToPath(new URL('../src/session/trace/agentScripts.ts', import.meta.url));

/** Whole-line comments only: the scripts hold no here-documents and no line that starts with # inside a string. */
export function shrink(script: string): string {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}

/** As Prettier would write it: the quote that needs fewer escapes, single ones in a draw. */
function literal(line: string): string {
  const quote = line.split("'").length > line.split('"').length ? '"' : "'";
  return quote + line.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
}

export function generate(): string {
  const read = (name: string): string => shrink(readFileSync(new URL(`../agent/${name}`, import.meta.url), 'utf8'));
  const quote = (text: string): string =>
    text
      .split('\n')
      .map((line) => `  ${literal(line)},`)
      .join('\n');
  const constant = (name: string, doc: string, text: string): string =>
    `/** ${doc} */\nexport const ${name}: string = [\n${quote(text)}\n].join('\\n');\n`;
  return [
    '// Written by scripts/embedAgent.ts from agent/*.sh: change those and run `node scripts/embedAgent.ts`.\n',
    constant(
      'SUPERVISOR_SCRIPT',
      'Arguments: SNAPLEN BUFFER_KIB TIMEOUT_SECONDS FILTER MARK. See agent/supervisor.sh.',
      read('supervisor.sh'),
    ),
    constant('IDLE_SCRIPT', 'Arguments: SECONDS LEASE_FILE. See agent/idle.sh.', read('idle.sh')),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, generate());
