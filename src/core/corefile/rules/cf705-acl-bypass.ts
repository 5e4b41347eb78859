import { compareVersions } from '../pluginCatalogue.ts';
import { stanzasOf } from './pluginStanzas.ts';
import type { Rule } from './rule.ts';

interface Bypass {
  readonly plugin: string;
  /** First release with the fault; `undefined`: all before. */
  readonly from: string | undefined;
  readonly fixedIn: string;
  /** True when only an acl for chosen zones can be got round. */
  readonly zoned: boolean;
  readonly effect: string;
}

/** Plugins that once ran before acl (issues 7882, 8289, 8290). */
const BYPASSES: readonly Bypass[] = [
  { plugin: 'cache', from: '1.14.2', fixedIn: '1.14.7', zoned: false, effect: 'cached answers reach blocked clients' },
  {
    plugin: 'rewrite',
    from: undefined,
    fixedIn: '1.14.2',
    zoned: true,
    effect: 'a rewritten name gets round its zones',
  },
  {
    plugin: 'autopath',
    from: undefined,
    fixedIn: '1.14.7',
    zoned: true,
    effect: 'names autopath tries get round its zones',
  },
];

/** In this release another plugin works around acl. */
export const aclBypass: Rule = {
  code: 'CF705',
  title: 'acl can be got round in this release',
  *check(context) {
    const current = BYPASSES.filter(
      ({ from, fixedIn }) =>
        compareVersions(context.version, fixedIn) < 0 &&
        (from === undefined || compareVersions(context.version, from) >= 0),
    );
    if (current.length === 0) return;
    for (const { block, stanza } of stanzasOf(context, 'acl')) {
      const bypass = current.find(
        ({ plugin, zoned }) => block.plugins.has(plugin) && (!zoned || stanza.args.length > 0),
      );
      if (bypass === undefined) continue;
      yield {
        severity: 'warning',
        message: `In CoreDNS ${context.version} ${bypass.plugin} works around acl: ${bypass.effect}. Upgrade to ${bypass.fixedIn} or later`,
        at: stanza.name,
      };
    }
  },
};
