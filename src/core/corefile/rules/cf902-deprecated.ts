import { compareVersions } from '../pluginCatalogue.ts';
import { isSecret } from './cf702-secret-in-text.ts';
import { optionMigration, pluginMigration } from './migrations.ts';
import { optionNamed, optionRange, stanzasOf } from './pluginStanzas.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

interface Deprecation {
  readonly plugin: string;
  /** `undefined`: the whole plugin. */
  readonly option: string | undefined;
  readonly since: string;
  /** From this release on it is accepted and does nothing. */
  readonly ignoredSince?: string;
  /** From this release on CF901 speaks. */
  readonly removedIn?: string;
  readonly advice: string;
}

const DEPRECATIONS: readonly Deprecation[] = [
  { plugin: 'startup', option: undefined, since: '1.0.6', removedIn: '1.1.0', advice: 'Use on startup' },
  { plugin: 'shutdown', option: undefined, since: '1.0.6', removedIn: '1.1.0', advice: 'Use on shutdown' },
  { plugin: 'reverse', option: undefined, since: '1.1.3', removedIn: '1.1.4', advice: 'Use template' },
  { plugin: 'proxy', option: undefined, since: '1.4.0', removedIn: '1.5.0', advice: 'Use forward' },
  { plugin: 'federation', option: undefined, since: '1.6.0', removedIn: '1.7.0', advice: 'Remove it' },
  {
    plugin: 'kubernetes',
    option: 'upstream',
    since: '1.4.0',
    ignoredSince: '1.5.0',
    removedIn: '1.7.0',
    advice: 'Remove it',
  },
  {
    plugin: 'kubernetes',
    option: 'resyncperiod',
    since: '1.5.0',
    ignoredSince: '1.6.0',
    removedIn: '1.7.0',
    advice: 'Remove it',
  },
  { plugin: 'file', option: 'no_reload', since: '1.4.0', removedIn: '1.5.0', advice: 'Use reload 0' },
  { plugin: 'auto', option: 'no_reload', since: '1.4.0', removedIn: '1.5.0', advice: 'Use reload 0' },
  { plugin: 'header', option: 'set', since: '1.9.4', removedIn: '1.12.4', advice: 'Use response set' },
  { plugin: 'header', option: 'clear', since: '1.9.4', removedIn: '1.12.4', advice: 'Use response clear' },
  { plugin: 'route53', option: 'aws_access_key', since: '1.9.2', advice: 'Use the environment or a role' },
];

/** Works in this release, or is read and ignored, and goes away later. */
export const deprecated: Rule = {
  code: 'CF902',
  title: 'Deprecated in this release',
  *check(context) {
    for (const one of DEPRECATIONS) {
      const { version } = context;
      if (compareVersions(version, one.since) < 0) continue;
      if (one.removedIn === undefined || compareVersions(version, one.removedIn) < 0) yield* uses(context, one);
    }
    if (compareVersions(context.version, '1.3.1') >= 0) yield* furtherEndpoints(context);
  },
};

function* uses(context: RuleContext, one: Deprecation): Iterable<Finding> {
  for (const { block, stanza } of stanzasOf(context, one.plugin)) {
    const option = one.option === undefined ? undefined : optionNamed(context, stanza, one.option);
    if (one.option !== undefined && option === undefined) continue;
    // A key in plain text is worse than an old option: CF702 tells.
    if (one.option === 'aws_access_key' && isSecret(option?.args[1])) continue;
    const ignored = one.ignoredSince !== undefined && compareVersions(context.version, one.ignoredSince) >= 0;
    const subject = one.option === undefined ? `Plugin ${one.plugin}` : `Option ${one.option} of ${one.plugin}`;
    const state = ignored
      ? `has no effect since CoreDNS ${one.ignoredSince ?? ''}`
      : `is deprecated since CoreDNS ${one.since}`;
    const end = one.removedIn === undefined ? '' : ` and is refused from ${one.removedIn} on`;
    yield {
      severity: 'warning',
      message: `${subject} ${state}${end}. ${one.advice}`,
      at: option?.name ?? stanza.name,
      fixes:
        one.removedIn === undefined
          ? []
          : option === undefined
            ? pluginMigration(context, block, stanza, one.plugin)
            : optionMigration(context, one.plugin, stanza, option),
    };
  }
}

/** Of several URLs only the first is asked. */
function* furtherEndpoints(context: RuleContext): Iterable<Finding> {
  for (const { stanza } of stanzasOf(context, 'kubernetes')) {
    const option = optionNamed(context, stanza, 'endpoint');
    const [first, second, last] = [option?.args[0], option?.args[1], option?.args.at(-1)];
    if (option === undefined || first === undefined || second === undefined || last === undefined) continue;
    yield {
      severity: 'warning',
      message: 'kubernetes asks only the first endpoint since CoreDNS 1.4.0. Remove the others',
      at: { ...optionRange(option), start: second.start },
      fixes:
        last.file === '' && first.file === ''
          ? [{ title: 'Remove the others', edits: [{ start: first.end, end: last.end, newText: '' }] }]
          : [],
    };
  }
}
