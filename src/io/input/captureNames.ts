/**
 * What a capture's file name says about where it was taken, so that pods and nodes are named although the packets do not know them:
 * - Dumpy (`kubectl dumpy export`) writes CAPTURE-POD.pcap, CAPTURE being `dumpy-` and eight digits unless the user chose a name
 * - Retina (`kubectl retina capture`) writes CAPTURE-NODE-YYYYMMDDhhmmssUTC.pcap, CAPTURE being `retina-capture` by default
 * - tcpdump and dumpcap number the files of one capture when it is rotated: those are one vantage
 * Where CAPTURE ends is not marked. It is known from the topology, from the default names, or because the capture is called after
 * its workload (`dns-cap1-coredns-coredns-…`); else the whole name stands for itself: a wrong pod name is worse than a long one.
 */
import type { Topology } from '../../core/topology/topology.ts';
import type { Vantage } from '../../core/trace/vantage.ts';

/** The letters and digits of generated names (k8s.io/apimachinery util/rand). */
const ID = '[bcdfghjklmnpqrstvwxz2456789]';
/** What a workload adds to its own name: ReplicaSet and pod, DaemonSet pod, StatefulSet ordinal, nothing. */
const SUFFIXES = [
  new RegExp(`-${ID}{5,10}-${ID}{5}$`, 'u'),
  new RegExp(`-${ID}{5}$`, 'u'),
  /-\d{1,4}$/u,
  /$/u,
] as const;
const KNOWN_WORKLOAD = /(?:^|-)(coredns|kube-dns|node-local-dns|nodelocaldns)$/u;
const RETINA = /^(.+)-\d{14}UTC$/u;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/u;

export interface FileName {
  /** Without folders, compression, extension and the number of a rotated file. */
  readonly stem: string;
  /** As {@link stem}, with its extension: the name of the whole capture. */
  readonly file: string;
  /** Of a rotated capture; `undefined` for one that stands alone. */
  readonly part: number | undefined;
}

export function readFileName(label: string): FileName {
  const base = label.split(/[/\\]/u).at(-1) ?? label;
  const plain = base.replace(/\.(gz|zst|zstd)$/iu, '');
  // tcpdump -C -W: dns.pcap0, dns.pcap1; dumpcap -b: dns_00001_20260101120000.pcapng
  const numbered = /^(.+\.(?:pcap|pcapng|cap|dmp))(\d{1,6})$/iu.exec(plain);
  const ring = /^(.+)_(\d{5})_\d{14}(\.\w+)?$/u.exec(plain);
  const file = numbered?.[1] ?? (ring === null ? plain : `${ring[1]!}${ring[3] ?? ''}`);
  const part = numbered?.[2] ?? ring?.[2];
  return {
    stem: file.replace(/\.(pcap|pcapng|cap|dmp)$/iu, ''),
    file: part === undefined ? base : file,
    part: part === undefined ? undefined : Number(part),
  };
}

/** Key that the parts of one rotated capture share, unlike anything else. */
export function rotationKey(label: string): string {
  const { file } = readFileName(label);
  return label.replace(/[^/\\]*$/u, '') + file;
}

/** The vantage a capture file stands for, before its packets have spoken. */
export function vantageOfFile(label: string, topology: Topology): Vantage {
  const { stem, file } = readFileName(label);
  const node = retinaNode(stem, label.split(/[/\\]/u).slice(0, -1), topology);
  if (node !== undefined) return { name: node, role: 'node', node, addresses: [] };
  const pod = podOf(stem, topology);
  return pod === undefined
    ? { name: file, role: 'unknown', addresses: [] }
    : { ...pod, name: pod.namespace === undefined ? pod.pod : `${pod.namespace}/${pod.pod}`, role: 'unknown' };
}

interface NamedPod {
  readonly pod: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly addresses: readonly string[];
}

function podOf(stem: string, topology: Topology): NamedPod | undefined {
  const known = longestMatch(topology.pods, stem);
  if (known !== undefined) {
    const { name, namespace, node, addresses } = known;
    return { pod: name, namespace, ...(node === undefined ? {} : { node }), addresses };
  }
  const pod = guessedPod(stem);
  return pod === undefined ? undefined : { pod, addresses: [] };
}

function guessedPod(stem: string): string | undefined {
  if (!DNS_NAME.test(stem)) return undefined;
  const byDefaultName = /^dumpy-\d{8}-(.+)$/u.exec(stem)?.[1];
  if (byDefaultName !== undefined) return byDefaultName;
  for (const suffix of SUFFIXES) {
    const end = suffix.exec(stem)?.index;
    if (end === undefined) continue;
    const workload = repeatedEnd(stem.slice(0, end));
    if (workload !== undefined) return workload + stem.slice(end);
  }
  for (const suffix of SUFFIXES.slice(0, 2)) {
    const end = suffix.exec(stem)?.index;
    const workload = end === undefined ? undefined : KNOWN_WORKLOAD.exec(stem.slice(0, end))?.[1];
    if (end !== undefined && workload !== undefined) return workload + stem.slice(end);
  }
  return undefined;
}

/** `aks-test` of `dns-cap1-aks-test-aks-test`: the longest end that stands there twice. */
function repeatedEnd(text: string): string | undefined {
  for (let length = (text.length - 1) >> 1; length >= 3; length--) {
    const end = text.slice(-length);
    const before = text.slice(0, -length - 1);
    if (text[text.length - length - 1] !== '-' || !before.endsWith(end) || end.startsWith('-')) continue;
    if (before.length === length || before[before.length - length - 1] === '-') return end;
  }
  return undefined;
}

function retinaNode(stem: string, folders: readonly string[], topology: Topology): string | undefined {
  const whole = RETINA.exec(stem)?.[1];
  if (whole === undefined) return undefined;
  const known = longestMatch(topology.nodes, whole);
  if (known !== undefined) return known.name;
  // Downloads lie in a folder called after the capture.
  const prefix = [...folders.map((folder) => `${folder}-`), 'retina-capture-'].find(
    (start) => start !== '-' && whole.startsWith(start) && whole.length > start.length,
  );
  return whole.slice(prefix?.length ?? 0);
}

/** The longest name that is the text or its end after a hyphen; `undefined` when two of the same length are. */
function longestMatch<T extends { readonly name: string }>(all: readonly T[], text: string): T | undefined {
  const fitting = all.filter(({ name }) => name !== '' && (text === name || text.endsWith(`-${name}`)));
  const length = Math.max(0, ...fitting.map(({ name }) => name.length));
  const longest = fitting.filter(({ name }) => name.length === length);
  return longest.length === 1 ? longest[0] : undefined;
}
