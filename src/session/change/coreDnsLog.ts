/**
 * What CoreDNS's log says of its configuration. The lines are CoreDNS's own, yet query names stand in the same log, so a
 * line counts only from its beginning on: `[INFO] plugin/reload: …` as plugin/pkg/log writes it. Linear in the text.
 */
import { visibleText } from '../../base/visibleText.ts';

/** - `running`: this hash is loaded. - `refused`: a new file was read and not taken; `text` is CoreDNS's reason. */
export type ReloadEvent = { readonly time: string } & (
  { readonly kind: 'running'; readonly hash: string } | { readonly kind: 'refused'; readonly text: string }
);

const RUNNING = /^\[INFO\] plugin\/reload: Running configuration (?:SHA512|MD5) = ([0-9a-f]{32,128})$/u;
const REFUSED =
  /^\[(?:WARNING|ERROR)\] plugin\/reload: (?:Corefile parse failed|Corefile changed but reload failed): (.*)$/u;
const LINE_LIMIT = 4_000;

/** Reload events of a log fetched with timestamps, oldest first. */
export function reloadEvents(log: string): readonly ReloadEvent[] {
  const events: ReloadEvent[] = [];
  for (const line of log.split('\n')) {
    // Cheap first look: nearly all lines of a busy log are queries.
    if (!line.includes('plugin/reload: ') || line.length > LINE_LIMIT) continue;
    const blank = line.indexOf(' ');
    const time = line.slice(0, blank);
    const text = line.slice(blank + 1).trimEnd();
    const hash = RUNNING.exec(text)?.[1];
    const reason = REFUSED.exec(text)?.[1];
    if (hash !== undefined) events.push({ time, kind: 'running', hash });
    else if (reason !== undefined) events.push({ time, kind: 'refused', text: visibleText(reason) });
  }
  return events;
}

/** 1-based line that CoreDNS names in a refusal: `/etc/coredns/Corefile:12 - Error during parsing: …`. */
export function refusedLine(text: string, path: string | undefined): number | undefined {
  for (const match of text.matchAll(/(\S{1,300}):(\d{1,7}) - /gu)) {
    const [, file = '', line = ''] = match;
    if (path === undefined || file.replace(/^["']/u, '') === path || file.endsWith('/Corefile') || file === 'Corefile')
      return Number(line);
  }
  return undefined;
}

/** The banner that CoreDNS prints once every server listens (coremain/run.go). */
export const hasBanner = (log: string): boolean => /^(?:\S+ )?CoreDNS-\d/mu.test(log);

/** What a process that ended at once said last: without timestamps, made visible, at most `count` lines. */
export function lastWords(log: string, count = 20): readonly string[] {
  return log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => visibleText(line.length > 500 ? `${line.slice(0, 500)}…` : line));
}
