import type { ForwardModel, ServerBlockModel } from '../model.ts';
import { compareVersions } from '../pluginCatalogue.ts';
import { isWithin, stanzaRange, stanzasIn, wholeLines } from './pluginStanzas.ts';
import { type Fixes, type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** Of several forwards the first whose FROM fits is asked, not the one that fits best (issue 1555). */
export const forwardCovered: Rule = {
  code: 'CF417',
  title: 'forward is never reached',
  *check(context) {
    // Before this release a second forward was refused.
    if (compareVersions(context.version, '1.9.4') < 0) return;
    for (const block of liveBlocks(context)) {
      if (block.forwards.length < 2) continue;
      const first = new Map<string, ForwardModel>();
      for (const forward of certainForwards(context, block)) {
        const covering = coveringForward(forward.from, first);
        if (covering === undefined) {
          if (!first.has(forward.from) && takesAll(forward)) first.set(forward.from, forward);
          continue;
        }
        const same = covering.from === forward.from;
        const advice = same ? 'Join the two' : 'Move this one above it';
        yield {
          severity: 'warning',
          message: `This forward is never asked: the one for ${shown(covering.from)} comes first and takes the same names. ${advice}`,
          at: forward.stanza.name,
          mentions: [{ at: covering.stanza.name, message: 'Comes first' }],
          fixes: same ? [] : moveAbove(context, forward, covering),
        };
      }
    }
  },
};

function certainForwards(context: RuleContext, block: ServerBlockModel): readonly ForwardModel[] {
  const stanzas = new Set(stanzasIn(context, block, 'forward'));
  return block.forwards.filter(({ stanza }) => stanzas.has(stanza));
}

/** The forward whose zone holds all names of `zone`, looked up label by label. */
function coveringForward(zone: string, first: ReadonlyMap<string, ForwardModel>): ForwardModel | undefined {
  let found: ForwardModel | undefined;
  const consider = (parent: string): void => {
    const candidate = first.get(parent);
    const excepted = candidate?.except.some((except) => isWithin(zone, except) || isWithin(except, zone));
    if (candidate !== undefined && excepted !== true) found ??= candidate;
  };
  for (let rest = zone; rest !== '' && rest !== '.'; rest = rest.slice(rest.indexOf('.') + 1)) consider(rest);
  consider('.');
  return found;
}

/** False when the forward hands some answers on to the next one. */
function takesAll({ stanza }: ForwardModel): boolean {
  return (
    !stanza.uncertain && !stanza.options.some(({ name }) => name.text === 'next' || name.text === 'next_on_nodata')
  );
}

function moveAbove(context: RuleContext, moved: ForwardModel, before: ForwardModel): Fixes {
  const [range, target] = [stanzaRange(moved.stanza), stanzaRange(before.stanza)];
  if (range.file !== '' || target.file !== '' || target.end > range.start) return [];
  const lines = wholeLines(context.text, range);
  const lineStart = context.text.lastIndexOf('\n', target.start - 1) + 1;
  const apart = context.text[lines.end - 1] === '\n' && context.text.slice(lineStart, target.start).trim() === '';
  if (!apart) return [];
  const newText = context.text.slice(lines.start, lines.end);
  return [
    {
      title: 'Move it above',
      edits: [
        { start: lineStart, end: lineStart, newText },
        { ...lines, newText: '' },
      ],
    },
  ];
}
