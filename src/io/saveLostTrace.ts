/**
 * A session file of a trace whose process was killed (keptTrace.ts, lostTraces.ts). Of the packets every one that was written whole is there.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CaptureReader } from '../core/packet/captureReader.ts';
import { emptyTopology } from '../core/topology/topology.ts';
import { serviceName, TopologyIndex } from '../core/topology/topologyIndex.ts';
import type { TraceNote } from '../core/trace/traceNote.ts';
import type { CaptureLoss, Vantage } from '../core/trace/vantage.ts';
import {
  parseLossesComment,
  parseTopologyComment,
  parseUnwatchedComment,
  parseVantageComment,
} from '../protocol/sessionFile.ts';
import { parseNotesComment } from '../protocol/traceNotes.ts';
import { writeAtomically } from './atomicFile.ts';
import { NOTES_FILE, textOf, TOPOLOGY_FILE } from './keptNotes.ts';
import { writeSession, type HeadVantage, type SaveSource } from './savePcapng.ts';
import { readExactly, spoolFileName } from './spool.ts';

/** More than any head of a pcap stream and its first packet. */
const HEAD = 1024 * 1024;

/** Writes a lost trace as a session file. The folder stays. @throws ProblemError when it cannot be written */
export async function saveLostTrace(folder: string, target: string): Promise<{ readonly packets: number }> {
  const notes = readNotes(folder);
  const comments = textOf(path.join(folder, TOPOLOGY_FILE)).split('\n');
  const topology = new TopologyIndex(parseTopologyComment(comments) ?? emptyTopology);
  const vantages = notes.vantages.map(({ vantage, losses, file }): HeadVantage => {
    // Until when it listened was never noted: only what lies between packets counts.
    return { vantage, losses, listening: undefined, linkType: linkTypeOf(file), role: vantage.role };
  });
  const sources = notes.vantages.map(({ file, segments }, id): SaveSource => ({
    path: file,
    segments,
    vantages: [id],
  }));
  const { clusterDomain, pods, services, upstreams } = topology.topology;
  const seen = new Set([...pods, ...services].flatMap(({ addresses }) => addresses));
  for (const { address } of upstreams) seen.add(address);
  for (const service of services) seen.add(serviceName(service, clusterDomain));
  const head = { topology, seen, unwatched: notes.unwatched, changes: [], notes: notes.notes, vantages };
  const packets = await writeAtomically(target, 'The trace', (sink) =>
    writeSession(sink, { head, sources, afterNs: notes.clearedNs }),
  );
  return { packets };
}

interface KeptVantage {
  readonly vantage: Vantage;
  readonly file: string;
  readonly segments: number[];
  readonly losses: CaptureLoss[];
}

interface Notes {
  readonly vantages: KeptVantage[];
  unwatched: readonly string[];
  /** A person's. */
  notes: readonly TraceNote[];
  clearedNs: bigint;
}

/** What does not fit its shape is left out, as in a session file. */
function readNotes(folder: string): Notes {
  const notes: Notes = { vantages: [], unwatched: [], notes: [], clearedNs: 0n };
  const lines = textOf(path.join(folder, NOTES_FILE)).split('\n');
  // What follows the last line end was being written.
  for (const line of lines.slice(0, -1)) {
    const [, kind = '', rest = ''] = /^(\w+) (.*)$/u.exec(line) ?? [];
    const [, digits = '', value = ''] = /^(\d+) (.*)$/u.exec(rest) ?? [];
    const known = notes.vantages[Number(digits)];
    if (kind === 'unwatched') notes.unwatched = parseUnwatchedComment([rest]);
    else if (kind === 'notes') notes.notes = parseNotesComment([rest]);
    else if (kind === 'cleared' && /^\d{1,20}$/u.test(rest)) notes.clearedNs = BigInt(rest);
    else if (kind === 'losses') known?.losses.push(...parseLossesComment([value]));
    else if (kind === 'segment' && /^\d{1,15}$/u.test(value)) known?.segments.push(Number(value));
    else if (kind === 'vantage' && Number(digits) === notes.vantages.length) {
      const vantage = parseVantageComment([value]);
      const file = path.join(folder, spoolFileName(notes.vantages.length));
      if (vantage === undefined || !fs.existsSync(file)) break;
      notes.vantages.push({ vantage, file, segments: [0], losses: [] });
    }
  }
  return notes;
}

function linkTypeOf(file: string): number {
  let linkType = 0;
  const reader = new CaptureReader({
    onInterface: (description) => {
      if (description.index === 0) linkType = description.linkType;
    },
    onPacket: () => undefined,
  });
  const fd = fs.openSync(file, 'r');
  try {
    const head = readExactly(fd, 0, Math.min(HEAD, fs.fstatSync(fd).size));
    if (head !== undefined) reader.push(head);
  } finally {
    fs.closeSync(fd);
  }
  return linkType;
}
