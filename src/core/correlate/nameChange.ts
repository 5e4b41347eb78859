/**
 * Why CoreDNS asks an upstream for another name than it was asked for, as far as something proves it: the answer, whose CNAME leads to that
 * name (a CNAME of CoreDNS's own data, an ExternalName, `autopath`, `rewrite cname`), or the Corefile, whose rules give it.
 */
import { decodeMessage } from '../dns/message.ts';
import { DnsType } from '../dns/types.ts';
import { changeByBlock, isSearchedInNamespace } from '../topology/changedName.ts';
import { servedBy } from '../topology/servedBy.ts';
import type { TopologyServerBlock } from '../topology/topology.ts';
import { Join } from '../trace/tables.ts';

export interface NameChangeReason {
  readonly by: 'cname' | 'rewrite' | 'autopath';
  /** 1-based, of the Corefile, where a rule of it says so. */
  readonly line?: number;
  /** Of {@link Join}. */
  readonly joined: number;
}

/** A question that a client asked CoreDNS, and what came of it. */
export interface AskedOfCoreDns {
  /** Absolute, lower case. */
  readonly name: string;
  readonly port: number;
  /** Of its answer; absolute, lower case. */
  readonly targets: readonly string[];
  /** An upstream was asked under its own name as well. */
  readonly isForwarded: boolean;
}

/** @param instead what an upstream was asked for; absolute, lower case, and another name */
export function nameChangeOf(
  blocks: readonly TopologyServerBlock[],
  { name, port, targets, isForwarded }: AskedOfCoreDns,
  instead: string,
): NameChangeReason | undefined {
  const isTarget = targets.includes(instead);
  const block = blocks.length === 0 ? undefined : servedBy(blocks, name, port)?.block;
  if (isForwarded) {
    // The upstream follows its own CNAMEs: CoreDNS asks for those alone that it changed.
    const rule = block?.nameChanges?.find((change) => change.by === 'cname');
    if (rule === undefined || !isTarget) return undefined;
    return { by: 'rewrite', line: rule.line, joined: rule.to === instead ? Join.strong : Join.inferred };
  }
  const change = block === undefined ? undefined : changeByBlock(block, name, instead);
  if (isTarget && change?.isCertain !== true) return { by: 'cname', joined: Join.strong };
  if (change !== undefined)
    return { by: change.by, line: change.line, joined: change.isCertain ? Join.strong : Join.inferred };
  if (blocks.length === 0 && isSearchedInNamespace(name, instead)) return { by: 'autopath', joined: Join.inferred };
  return undefined;
}

/** Where the CNAMEs in an answer lead; absolute, lower case. */
export function cnameTargets(message: Uint8Array, start = 0, end = message.length): readonly string[] {
  return decodeMessage(message, start, end).message.answers.flatMap(({ type, rdata }) =>
    type === DnsType.CNAME && rdata.kind === 'name' ? [rdata.name.toLowerCase()] : [],
  );
}
