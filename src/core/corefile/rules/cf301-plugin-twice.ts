import { pluginCatalogue } from '../pluginCatalogue.ts';
import { repeatInPart } from './parts.ts';
import { type Rule, judgedBySetup, liveBlocks, refused, shown } from './rule.ts';

/** A plugin that may stand only once in a server block stands there again, also by way of an import. */
export const pluginTwice: Rule = {
  code: 'CF301',
  title: 'Plugin may be used only once in a server block',
  *check(context) {
    // A repeat by way of an imported file is CF807's.
    const byPart = new Set(
      liveBlocks(context).flatMap(({ plugins }) =>
        [...plugins.values()].flatMap((stanzas) =>
          repeatInPart(stanzas) === undefined
            ? []
            : stanzas.slice(0, 2).map(({ name }) => `${name.file} ${name.start}`),
        ),
      ),
    );
    for (const finding of refused(context, 'CF301')) {
      if (!byPart.has(`${finding.at.file ?? ''} ${finding.at.start}`)) yield finding;
    }
    for (const block of liveBlocks(context)) {
      for (const [name, stanzas] of block.plugins) {
        if (judgedBySetup(context, name)) continue;
        const onRepeat = pluginCatalogue().get(name)?.onRepeat;
        const first = stanzas[0];
        const second = stanzas[1];
        if (first === undefined || second === undefined || first.uncertain) continue;
        if (repeatInPart(stanzas) !== undefined) continue;
        if (onRepeat !== 'error-once' && onRepeat !== 'error-args') continue;
        const stray = second.name.text !== name;
        const word = shown(second.name.text);
        yield {
          severity: 'error',
          message: !stray
            ? `${name} may stand only once in a server block. Join the two or remove one`
            : second.name.text === '{'
              ? `The "{" of ${name} stands on a line of its own, so CoreDNS reads it as a second ${name}. Move it up to the end of the line before`
              : `CoreDNS reads ${word} as a second ${name}, which may stand only once. Put it on a line of its own or remove it`,
          at: second.name,
          mentions: [{ at: first.name, message: `First ${name} of the block` }],
        };
      }
    }
  },
};
