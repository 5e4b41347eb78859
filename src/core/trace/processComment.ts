/**
 * What comments on packets say of the process behind them: ours, `dnscope:process:{…}` (docs/session-format.md), and those of ptcpdump, which
 * gives a packet a comment of `Key: value` lines for the process, one for the thread and one for the user. Hostile: what does not fit is no
 * process, and a comment like any other.
 */
import { asciiJson } from '../../base/asciiJson.ts';
import { isRecord } from '../../base/isRecord.ts';
import type { Process, ProcessFacts } from './processes.ts';

const MARK = 'dnscope:process:';
const LONGEST = 4096;
const LONGEST_TEXT = 512;
const MOST_ID = 0xffff_ffff;

export interface SaidOfProcess {
  readonly facts: ProcessFacts;
  /** What else the comment says; a comment of ours says nothing else. */
  readonly rest: string | undefined;
}

export function processComment(process: Process): string {
  return MARK + asciiJson(process);
}

/** `undefined` when the comment is not about a process. */
export function readProcessComment(comment: string): SaidOfProcess | undefined {
  if (comment.startsWith(MARK)) return readOwn(comment);
  const facts = readLines(comment);
  return facts === undefined ? undefined : { facts, rest: comment };
}

/** A comment of ours stands in the first line; another comment on the packet may follow. */
function readOwn(comment: string): SaidOfProcess | undefined {
  const end = comment.indexOf('\n');
  const json = comment.slice(MARK.length, end === -1 ? undefined : end);
  if (json.length > LONGEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const facts: ProcessFacts = {
    ...number('pid', value['pid']),
    ...number('tid', value['tid']),
    ...text('command', value['command']),
    ...text('path', value['path']),
    ...number('uid', value['uid']),
    ...text('user', value['user']),
  };
  if (facts.pid === undefined) return undefined;
  return { facts, rest: end === -1 ? undefined : comment.slice(end + 1) };
}

/** One of the three comments, or all in one, as they are saved. */
function readLines(comment: string): ProcessFacts | undefined {
  if (!/^(?:PID|ThreadId|UserId): \d{1,10}(?:\n|$)/u.test(comment)) return undefined;
  const line = (key: string): string | undefined => new RegExp(`^${key}: ([^\\n]{1,512})`, 'mu').exec(comment)?.[1];
  const path = line('Cmd');
  return {
    ...number('pid', digits(line('PID'))),
    ...number('tid', digits(line('ThreadId'))),
    ...number('uid', digits(line('UserId'))),
    ...(path === undefined ? {} : { path, ...text('command', path.slice(path.lastIndexOf('/') + 1)) }),
  };
}

function digits(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,10}$/u.test(value) ? Number(value) : undefined;
}

function number<Key extends string>(key: Key, value: unknown): Partial<Record<Key, number>> {
  const isSound = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_ID;
  return isSound ? ({ [key]: value } as Partial<Record<Key, number>>) : {};
}

function text<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string>> {
  if (typeof value !== 'string' || value === '') return {};
  return { [key]: value.slice(0, LONGEST_TEXT) } as Partial<Record<Key, string>>;
}
