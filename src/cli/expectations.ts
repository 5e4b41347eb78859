/**
 * Addresses that names should be answered with, from `--expect`: `NAME=ADDR,ADDR`, or a file with such lines (`#` begins a comment). What is given more
 * than once for a name adds up.
 */
import { ProblemError } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import { parseIp } from '../core/corefile/ipAddress.ts';
import { addressText } from '../core/packet/address.ts';
import { readGivenFile } from './givenFile.ts';
import type { CliIo } from './io.ts';

const LONGEST_LINE = 64 * 1024;

/** @throws ProblemError when a value can't be read; each says which */
export async function readExpectations(
  values: readonly string[],
  io: Pick<CliIo, 'readFile'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const expected = new Map<string, string[]>();
  for (const value of values) {
    if (value.includes('=')) addLine(expected, value, '--expect');
    else addFile(expected, value, new TextDecoder().decode(await fileOf(value, io)));
  }
  return expected;
}

async function fileOf(value: string, io: Pick<CliIo, 'readFile'>): Promise<Uint8Array> {
  try {
    return await readGivenFile(value, io);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'file-not-found') throw error;
    throw problem('--expect', `${visibleText(value)} is neither NAME=ADDRESS nor a file`);
  }
}

function addFile(expected: Map<string, string[]>, path: string, text: string): void {
  let found = false;
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const content = line.slice(0, LONGEST_LINE).replace(/#.*/u, '').trim();
    if (content === '') continue;
    addLine(expected, content, `${visibleText(path)} line ${String(index + 1)}`);
    found = true;
  }
  if (!found) throw problem(visibleText(path), 'holds no names');
}

function addLine(expected: Map<string, string[]>, line: string, where: string): void {
  const equals = line.indexOf('=');
  const name = line.slice(0, Math.max(equals, 0)).trim().toLowerCase();
  if (name === '' || /[\s,=]/u.test(name)) throw problem(where, `${JSON.stringify(line.slice(0, 80))} names nothing`);
  const addresses = line
    .slice(equals + 1)
    .split(',')
    .map((word) => {
      const ip = parseIp(word.trim());
      if (ip === undefined) throw problem(where, `${JSON.stringify(word.trim().slice(0, 80))} is no IP address`);
      return addressText(Uint8Array.from(ip.bytes), 0, ip.bytes.length);
    });
  const absolute = name.endsWith('.') ? name : `${name}.`;
  expected.set(absolute, [...(expected.get(absolute) ?? []), ...addresses]);
}

function problem(where: string, detail: string): ProblemError {
  return new ProblemError({
    code: 'bad-expectation',
    detail: `${where}: ${detail}`,
    recover: 'Write NAME=ADDRESS,ADDRESS, or name a file with one such line for each name',
  });
}
