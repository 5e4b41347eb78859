import type { ForwardModel, ServerBlockModel } from '../model.ts';
import { compareVersions } from '../pluginCatalogue.ts';
import { splitTransport } from '../serverKey.ts';
import { transportGap } from './outOfRelease.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, shown, valueOf } from './rule.ts';

/** Transports of upstreams; older releases refuse them. */
const UPSTREAM_SINCE: Readonly<Record<string, string>> = { https: '1.14.5', quic: '1.15.0' };

/** Same words, other meaning: what this release reads differently from the newest. */
export const changedInRelease: Rule = {
  code: 'CF904',
  title: 'Not understood by this release',
  *check(context) {
    for (const block of liveBlocks(context)) {
      yield* oldKeys(context, block);
      const [, second] = block.forwards;
      if (second !== undefined && isBefore(context, '1.9.4')) {
        yield {
          severity: 'error',
          message: `Before CoreDNS 1.9.4 a block may have one forward, this is ${context.version}. Give ${shown(second.from)} a server block of its own`,
          at: second.stanza.name,
        };
      }
      for (const forward of block.forwards) yield* oldUpstreams(context, forward);
    }
  },
};

function isBefore({ version }: RuleContext, release: string): boolean {
  return compareVersions(version, release) < 0;
}

function* oldKeys(context: RuleContext, { node }: ServerBlockModel): Iterable<Finding> {
  for (const { token, value } of node.keys) {
    const { transport } = splitTransport(value ?? '');
    const since = transportGap(context, transport);
    if (since === undefined) continue;
    yield {
      severity: 'warning',
      message: `CoreDNS serves ${transport}:// since ${since}, this is ${context.version}: it takes the key for a name that nobody asks. Upgrade or remove the key`,
      at: token,
    };
  }
}

function* oldUpstreams(context: RuleContext, { to }: ForwardModel): Iterable<Finding> {
  for (const { token, target } of to) {
    if ('file' in target) continue;
    const since = UPSTREAM_SINCE[target.transport];
    if (since !== undefined && isBefore(context, since)) {
      yield {
        severity: 'error',
        message: `forward speaks ${target.transport}:// since CoreDNS ${since}, this is ${context.version}. Use tls:// or upgrade`,
        at: token,
      };
    } else if (target.serverName !== undefined && target.transport === 'tls' && isBefore(context, '1.13.2')) {
      yield {
        severity: 'warning',
        message: `The name behind % in ${shown(valueOf(context, token) ?? '')} is understood since CoreDNS 1.13.2, this is ${context.version}. Use the option tls_servername`,
        at: token,
      };
    }
  }
}
