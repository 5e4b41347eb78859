/**
 * Names, addresses, namespaces and pods for a trace that leaves the machine: stable pseudonyms from a keyed hash. The same
 * label becomes the same pseudonym wherever it stands (a namespace in a name, in a pod's, in a report), so that structure,
 * search lists and repeats stay visible; who has not the key cannot tell what it was, nor try names out.
 *
 * A label keeps its length, because messages are rewritten in place and then keep their sizes and compression; words that
 * say nothing about anybody stay (`svc.cluster.local`, top-level domains). Addresses move to ranges that nobody has
 * (240.0.0.0/4, 2001:db8::/32). Two labels get the same pseudonym only when nearly all short ones are taken.
 */
import { parseIp } from '../corefile/ipAddress.ts';
import { addressText } from '../packet/address.ts';

/** A keyed hash (HMAC) of at least 64 bytes. */
export type KeyedHash = (text: string) => Uint8Array;

const KEPT_LABELS = new Set('svc pod cluster local arpa in-addr ip6 _tcp _udp *'.split(' '));
/** As the last label only; so do all of two letters, which are countries. */
const KEPT_ENDS = new Set(
  'com net org edu gov mil int info biz io dev app cloud internal lan home corp test example invalid localhost'.split(
    ' ',
  ),
);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const MOST_TRIES = 64;
/** Azure's resolver and metadata server, the same everywhere. */
const KEPT_ADDRESS = '168.63.129.16';

export class Pseudonyms {
  readonly #hash: KeyedHash;
  readonly #labels = new Map<string, string>();
  readonly #addresses = new Map<string, Uint8Array>();
  /** Pseudonyms given out, so that no two originals share one while there are others. */
  readonly #taken = new Set<string>();

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /**
   * One label, one character a byte. Case is folded: it does not distinguish names.
   * @param isLast nothing but the root follows
   */
  label(original: string, isLast = false): string {
    const folded = original.toLowerCase();
    if (KEPT_LABELS.has(folded)) return original;
    if (isLast && (KEPT_ENDS.has(folded) || /^[a-z]{2}$/u.test(folded))) return original;
    const known = this.#labels.get(folded);
    if (known !== undefined) return known;
    let pseudonym = '';
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const hash = this.#hash(`label ${String(attempt)} ${folded}`);
      pseudonym = '';
      for (let at = 0; at < folded.length; at++) pseudonym += LETTERS[hash[at % hash.length]! & 31]!;
      const isFree = !this.#taken.has(pseudonym) && pseudonym !== folded && !KEPT_LABELS.has(pseudonym);
      if (isFree) break;
    }
    this.#taken.add(pseudonym);
    this.#labels.set(folded, pseudonym);
    return pseudonym;
  }

  /** A host name, label by label. */
  name(original: string): string {
    const labels = original.split('.');
    const last = labels.findLastIndex((label) => label !== '');
    return labels.map((label, index) => (label === '' ? '' : this.label(label, index === last))).join('.');
  }

  /** What an object of Kubernetes is called: it ends in no top-level domain, so that its labels are those that they are within host names. */
  object(original: string): string {
    return original
      .split('.')
      .map((label) => (label === '' ? '' : this.label(label)))
      .join('.');
  }

  /** @returns as many bytes as it got, 4 or 16 */
  addressBytes(original: Uint8Array): Uint8Array {
    const text = addressText(original, 0, original.length);
    if (isKeptAddress(original, text)) return original.slice();
    const known = this.#addresses.get(text);
    if (known !== undefined) return known;
    let bytes = new Uint8Array(original.length);
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const hash = this.#hash(`address ${String(attempt)} ${text}`);
      bytes = original.length === 4 ? ipv4From(hash) : ipv6From(hash, original[0] === 0xfe);
      if (!this.#taken.has(addressText(bytes, 0, bytes.length))) break;
    }
    this.#taken.add(addressText(bytes, 0, bytes.length));
    this.#addresses.set(text, bytes);
    return bytes;
  }

  /** An address as text; what is no address is taken for a host name. */
  address(original: string): string {
    const parsed = parseIp(original);
    if (parsed === undefined) return this.name(original);
    const bytes = this.addressBytes(Uint8Array.from(parsed.bytes));
    return addressText(bytes, 0, bytes.length);
  }
}

function ipv4From(hash: Uint8Array): Uint8Array<ArrayBuffer> {
  // 255.255.255.255 is everybody's.
  const last = hash[3] === 0xff ? 0 : hash[3]!;
  return Uint8Array.of(0xf0 | (hash[0]! & 15), hash[1]!, hash[2]!, last);
}

/** Link-local ones stay link-local: their lower half holds a hardware address. */
function ipv6From(hash: Uint8Array, isLinkLocal: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  bytes.set(isLinkLocal ? [0xfe, 0x80] : [0x20, 0x01, 0x0d, 0xb8]);
  for (let at = isLinkLocal ? 8 : 4; at < 16; at++) bytes[at] = hash[at]!;
  return bytes;
}

/** Loopback, IPv4 link-local (NodeLocal, metadata servers), groups, unspecified: the same on every machine. */
function isKeptAddress(bytes: Uint8Array, text: string): boolean {
  if (bytes.length === 4) {
    const first = bytes[0]!;
    const isGroup = first >= 224 && first < 240;
    const isLinkLocal = first === 169 && bytes[1] === 254;
    return first === 127 || first === 0 || isGroup || isLinkLocal || text === KEPT_ADDRESS;
  }
  return bytes[0] === 0xff || text === '::' || text === '::1';
}
