/** What a recorded capture says: the text of `dnscope analyze`, and the findings with subject and extent. */
import { join } from 'node:path';
import { runAnalyze } from '../../../src/cli/analyze.ts';
import type { Summary } from '../../../src/core/analysis/summary.ts';
import { fixtures } from './allRecipes.ts';

export interface ToldFinding {
  /** `severity id hop cause`. */
  readonly is: string;
  readonly confidence: string;
  readonly subject: Readonly<Record<string, string | number>>;
  /** Lookups behind it. */
  readonly evidence: number;
}

export interface Told {
  readonly text: string;
  readonly findings: readonly ToldFinding[];
}

export const captureOf = (name: string): string => join(fixtures, `${name}.pcapng`);

async function analyzed(argv: readonly string[]): Promise<string> {
  let out = '';
  const io = {
    stdout: (text: string) => (out += text),
    stderr: (text: string) => {
      throw new Error(text);
    },
    readFile: () => Promise.reject(new Error('nothing to read')),
  };
  const code = await runAnalyze(argv, io);
  if (code !== 0) throw new Error(`analyze ended with ${String(code)}`);
  return out;
}

export async function tellOf(name: string): Promise<Told> {
  const capture = captureOf(name);
  // The path is this machine's.
  const text = (await analyzed([capture])).replaceAll(`${fixtures}/`, '');
  const { findings } = JSON.parse(await analyzed([capture, '--json'])) as Pick<Summary, 'findings'>;
  return {
    text,
    findings: findings.map(({ id, severity, hop, cause, confidence, subject, evidence }) => ({
      is: `${severity} ${id} ${hop} ${cause}`,
      confidence,
      subject,
      evidence: evidence.count,
    })),
  };
}
