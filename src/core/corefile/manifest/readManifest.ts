/**
 * Finds Corefiles in YAML (and JSON, which is YAML): ConfigMaps, lists of them, Kustomize's generators and inline patches,
 * and the plain strings of values files, with the place of each character. The only file that names the YAML library, which is loaded
 * on first use (docs/adr/0040-yaml-positions.md).
 *
 * A document that is damaged, or that Helm has still to render, gives no text: what stands in it isn't known. Damage near
 * a Corefile is told (CF812), in a Helm template nothing is.
 */
import {
  type Document,
  type Node,
  type Pair,
  type Scalar,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
} from 'yaml';
import type { Finding } from '../rules/rule.ts';
import { cf812Damaged, cf812Joined, cf812NotText } from './yamlValue.ts';
import {
  isCoreDnsName,
  isHelmTemplate,
  looksLikeCorefile,
  mayHoldCorefile,
  mayRunCoreDns,
  purposeInMap,
  purposeOfKey,
} from './corefileKeys.ts';
import { type PatchTarget, movedOut, patchedKey } from './inlinePatch.ts';
import type { ConfigMapName, GeneratedKey, Manifest, ManifestText } from './manifest.ts';
import { type MountingSpec, type Workload, workloadsOf } from './mounts.ts';
import { scalarPieces } from './scalarPieces.ts';
import { type ScalarStyle, TextPositions } from './textPositions.ts';

/** Of one document: a ConfigMap holds at most 1 MiB. */
const MAX_LENGTH = 1_500_000;
/** Each costs the library a walk over the document. */
const MAX_ALIASES = 50;
/** Anchors in a row are no YAML, and the library needs quadratic time to say so. */
const ANCHOR_CHAIN = /(?:&\S*[ \t]+){8}/u;

/** Lists of patches in a kustomization. */
const PATCH_LISTS: ReadonlySet<string> = new Set(['patches', 'patchesStrategicMerge', 'patchesJson6902']);

/** Never throws. */
export function readManifest(file: string): Manifest {
  return readTexts(file, undefined);
}

/** @param target of the patch that `file` is; `undefined`: it is none. */
function readTexts(file: string, target: PatchTarget | undefined): Manifest {
  const texts: ManifestText[] = [];
  const findings: Finding[] = [];
  const generated: GeneratedKey[] = [];
  const workloads: Workload[] = [];
  let readable = true;
  for (const [start, end] of documentsOf(file)) {
    const source = file.slice(start, end);
    if (!mayHoldCorefile(source) && !mayRunCoreDns(source)) continue;
    const reader = new Reader(file, start, end, target);
    try {
      if (source.length > MAX_LENGTH || ANCHOR_CHAIN.test(source)) readable = false;
      else reader.read();
    } catch {
      // Nesting that exhausts the stack is what the library throws for.
      readable = false;
    }
    texts.push(...reader.texts);
    findings.push(...reader.findings);
    generated.push(...reader.generated);
    workloads.push(...reader.workloads);
  }
  return { texts, findings, generated, workloads, readable };
}

/** A line that begins with `---` begins a document, whatever it stands in (YAML 1.2.2 §9.1.2): most need not be parsed. */
function documentsOf(file: string): readonly (readonly [number, number])[] {
  const starts = [0, ...[...file.matchAll(/^---(?=\s|$)/gmu)].map(({ index }) => index).filter((index) => index > 0)];
  return starts.map((start, index) => [start, starts[index + 1] ?? file.length]);
}

class Reader {
  readonly texts: ManifestText[] = [];
  readonly findings: Finding[] = [];
  readonly generated: GeneratedKey[] = [];
  readonly workloads: Workload[] = [];
  readonly #file: string;
  /** The part that is read; offsets of the library count from `start`. */
  readonly #start: number;
  readonly #end: number;
  readonly #target: PatchTarget | undefined;
  readonly #seen = new Set<number>();
  #aliases = 0;

  constructor(file: string, start: number, end: number, target: PatchTarget | undefined) {
    this.#file = file;
    this.#start = start;
    this.#end = end;
    this.#target = target;
  }

  read(): void {
    const part = this.#file.slice(this.#start, this.#end);
    const documents = parseAllDocuments(part, {
      keepSourceTokens: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    if (!('length' in documents)) return;
    let start = this.#start;
    for (const document of documents) {
      const end = this.#start + document.range[2];
      const source = this.#file.slice(start, end);
      const error = document.errors[0];
      if (error === undefined) this.#visit(document, document.contents);
      else if (mayHoldCorefile(source) && !source.includes('{{'))
        this.findings.push(cf812Damaged(this.#file, start, error.code, this.#start + error.pos[0]));
      start = end;
    }
  }

  #visit(document: Document, node: unknown): void {
    if (isSeq(node)) {
      for (const item of node.items) if (!this.#operation(document, item)) this.#visit(document, item);
    }
    if (!isMap(node)) return;
    if (textOf(node.get('kind', true)) === 'ConfigMap') return this.#configMap(document, node.items, node);
    this.#workload(node.toJSON.bind(node), textOf(node.get('kind', true)));
    for (const pair of node.items) {
      const key = textOf(pair.key);
      if (key === 'configMapGenerator' && isSeq(pair.value)) for (const item of pair.value.items) this.#generator(item);
      else if (PATCH_LISTS.has(key ?? '') && isSeq(pair.value))
        for (const item of pair.value.items) this.#patch(document, item);
      else if (isMap(pair.value) || isSeq(pair.value)) this.#visit(document, pair.value);
      else if (key !== undefined) this.#value(document, key, pair);
    }
  }

  /** A string in a values file: taken by its key's name, and unless that is plain enough, by its looks. */
  #value(document: Document, key: string, pair: Pair): void {
    const purpose = key === 'customConfig' ? 'corefile' : purposeOfKey(key);
    const scalar = purpose === undefined ? undefined : this.#scalarOf(document, pair.value);
    if (purpose === undefined || typeof scalar?.value !== 'string' || !looksLikeCorefile(scalar.value)) return;
    this.#text(key, purpose, pair.key as Node, scalar, undefined);
  }

  /** A patch as a string; one in a file of its own is found there. */
  #patch(document: Document, item: unknown): void {
    const scalar = isMap(item) ? item.get('patch', true) : item;
    if (!isScalar(scalar) || typeof scalar.value !== 'string') return this.#visit(document, item);
    const target = isMap(item) ? item.get('target', true) : undefined;
    const wordOf = (key: string): string | undefined => (isMap(target) ? textOf(target.get(key, true)) : undefined);
    if (this.#target !== undefined || (wordOf('kind') ?? 'ConfigMap') !== 'ConfigMap') return;
    const inner = readTexts(scalar.value, { name: wordOf('name'), namespace: wordOf('namespace') });
    const { texts, findings } = movedOut(inner, this.#positions(scalar as Scalar<string>));
    this.texts.push(...texts);
    this.findings.push(...findings);
  }

  /** One of a JSON patch. False: not one. */
  #operation(document: Document, item: unknown): boolean {
    if (this.#target === undefined || !isMap(item)) return false;
    const pointer = item.items.find(({ key }) => textOf(key) === 'path');
    const key = patchedKey(textOf(item.get('op', true)), textOf(pointer?.value));
    const value = item.get('value', true);
    if (pointer === undefined || key === undefined) return false;
    const configMap = this.#named(undefined, undefined);
    if (key === '') this.#data(document, configMap, isMap(value) ? entriesOf(value.items) : []);
    else this.#data(document, configMap, [{ key, keyNode: pointer.value as Node, value }]);
    return true;
  }

  #named(name: string | undefined, namespace: string | undefined): ConfigMapName {
    const place = this.#target?.namespace ?? namespace;
    return { name: this.#target?.name ?? name ?? '', ...(place === undefined ? {} : { namespace: place }) };
  }

  #configMap(document: Document, items: readonly Pair[], node: { get(key: string, keep: true): unknown }): void {
    const metadata = node.get('metadata', true);
    const name = isMap(metadata) ? textOf(metadata.get('name', true)) : undefined;
    const namespace = isMap(metadata) ? textOf(metadata.get('namespace', true)) : undefined;
    const data = items.find(({ key }) => textOf(key) === 'data')?.value;
    if (isMap(data)) this.#data(document, this.#named(name, namespace), entriesOf(data.items));
  }

  #data(document: Document, configMap: ConfigMapName, pairs: readonly DataEntry[]): void {
    const { name } = configMap;
    const holdsCorefile = pairs.some(({ key }) => purposeOfKey(key) === 'corefile') || isCoreDnsName(name);
    for (const { keyNode, key, value } of pairs) {
      const scalar = this.#scalarOf(document, value);
      const named = purposeOfKey(key);
      if (typeof scalar?.value === 'string') {
        const purpose = purposeInMap(name, key, scalar.value);
        if (purpose !== undefined || holdsCorefile) this.#text(key, purpose, keyNode, scalar, configMap);
      } else if (
        named !== undefined &&
        (holdsCorefile || named === 'corefile') &&
        !isNothing(value, scalar) &&
        !isAlias(value)
      ) {
        const source = this.#file.slice(...this.#rangeOf(value as Node));
        if (!source.includes('{{')) this.findings.push(cf812NotText(this.#file, key, this.#rangeOf(keyNode), value));
      }
    }
  }

  /** kustomize: `literals: [KEY=TEXT]`, quotes around the text dropped, and `files: [KEY=PATH]`, the key left out where it is the file's name. */
  #generator(node: unknown): void {
    if (!isMap(node)) return;
    const name = textOf(node.get('name', true));
    const namespace = textOf(node.get('namespace', true));
    const configMap: ConfigMapName = { name: name ?? '', ...(namespace === undefined ? {} : { namespace }) };
    const [files, literals] = [node.get('files', true), node.get('literals', true)];
    if (isSeq(files)) this.generated.push(...generatedKeys(configMap, files.items.map(textOf)));
    if (!isSeq(literals)) return;
    for (const item of literals.items) {
      if (!isScalar(item) || typeof item.value !== 'string') continue;
      const match = /^([^=]+)=(["']?)([^]*)$/u.exec(item.value);
      const key = match?.[1] ?? '';
      const quote = match?.[2] ?? '';
      const start = key.length + 1 + quote.length;
      const end = quote !== '' && item.value.endsWith(quote) ? item.value.length - 1 : item.value.length;
      const text = item.value.slice(start, Math.max(start, end));
      const purpose = purposeInMap(name, key, text);
      if (purpose === undefined || isHelmTemplate(text)) continue;
      const positions = this.#positions(item as Scalar<string>).part(start, Math.max(start, end));
      const [keyStart] = this.#rangeOf(item);
      this.texts.push({ key, purpose, text, positions, configMap, keyStart, keyEnd: keyStart + key.length });
    }
  }

  #workload(toJson: () => unknown, kind: string | undefined): void {
    if (kind === undefined || !/^(?:Deployment|DaemonSet|StatefulSet|Pod)$/u.test(kind)) return;
    const object = toJson() as {
      readonly metadata?: { readonly namespace?: string };
      readonly spec?: MountingSpec & { readonly template?: { readonly spec?: MountingSpec } };
    };
    const spec = kind === 'Pod' ? object.spec : object.spec?.template?.spec;
    this.workloads.push(...workloadsOf(spec, object.metadata?.namespace));
  }

  #text(
    key: string,
    purpose: ManifestText['purpose'],
    keyNode: Node,
    scalar: Scalar<string>,
    configMap: ConfigMapName | undefined,
  ): void {
    const [start, end] = this.#rangeOf(scalar);
    // An alias gives a text a second key; it is linted where it stands.
    if (this.#seen.has(start) || isHelmTemplate(scalar.value)) return;
    this.#seen.add(start);
    const [keyStart, keyEnd] = this.#rangeOf(keyNode);
    const joined = cf812Joined(this.#file, key, {
      keyStart,
      keyEnd,
      start,
      end,
      value: scalar.value,
      style: styleOf(scalar),
    });
    this.texts.push({
      key,
      purpose,
      text: scalar.value,
      positions: this.#positions(scalar),
      ...(configMap === undefined ? {} : { configMap }),
      keyStart,
      keyEnd,
      ...(joined === undefined ? {} : { joined }),
    });
  }

  #scalarOf(document: Document, value: unknown): Scalar<string> | undefined {
    let node = value;
    if (isAlias(value)) {
      this.#aliases += 1;
      node = this.#aliases > MAX_ALIASES ? undefined : value.resolve(document);
    }
    return isScalar(node) ? (node as Scalar<string>) : undefined;
  }

  #rangeOf(node: Node): readonly [number, number] {
    return [this.#start + (node.range?.[0] ?? 0), this.#start + (node.range?.[1] ?? 0)];
  }

  #positions(scalar: Scalar<string>): TextPositions {
    const [start, end] = this.#rangeOf(scalar);
    const style = styleOf(scalar);
    const block = style === 'literal' || style === 'folded';
    const header = this.#file.indexOf('\n', start);
    const from = !block ? start : header === -1 || header >= end ? end : header + 1;
    const found = scalarPieces({ file: this.#file, start: from, end, style, value: scalar.value });
    return new TextPositions({
      pieces: found?.pieces ?? [{ text: scalar.value, start, end }],
      style,
      indent: found?.indent ?? '',
      lineBreak: this.#file[header - 1] === '\r' ? '\r\n' : '\n',
      exact: found !== undefined,
      fallback: { start, end },
    });
  }
}

function generatedKeys(configMap: ConfigMapName, files: readonly (string | undefined)[]): readonly GeneratedKey[] {
  const keys = files.flatMap((file): readonly GeneratedKey[] => {
    const [, key, path = ''] = /^(?:([^=]+)=)?([^=]+)$/u.exec(file ?? '') ?? [];
    return path === '' ? [] : [{ configMap, key: key ?? path.slice(path.lastIndexOf('/') + 1), path }];
  });
  const own = isCoreDnsName(configMap.name) || keys.some(({ key }) => purposeOfKey(key) === 'corefile');
  return own ? keys : [];
}

interface DataEntry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: unknown;
}

function entriesOf(items: readonly Pair[]): readonly DataEntry[] {
  return items.map(({ key, value }) => ({ key: textOf(key) ?? '', keyNode: key as Node, value }));
}

/** `Corefile:` without a value is null, which the API takes for an empty text. */
function isNothing(value: unknown, scalar: Scalar | undefined): boolean {
  return value === null || (scalar !== undefined && scalar.value === null);
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

function styleOf(scalar: Scalar): ScalarStyle {
  switch (scalar.type) {
    case 'BLOCK_LITERAL':
      return 'literal';
    case 'BLOCK_FOLDED':
      return 'folded';
    case 'QUOTE_SINGLE':
      return 'single';
    case 'QUOTE_DOUBLE':
      return 'double';
    default:
      return 'plain';
  }
}
