import { lacksPlugin } from './blockFacts.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { optionsOf, refuse, subjectOf, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/** plugin/k8s_external/setup.go parse, and what it asks for when CoreDNS starts: kubernetes in the same block. */
export const k8sExternalSetup: PluginSetup = (words, { block }) => {
  const first = words.next();
  for (let name = first; name !== undefined; name = words.next()) {
    words.remainingArgs();
    for (const option of optionsOf(words)) {
      const optionName = words.valueOf(option);
      switch (optionName) {
        case 'ttl':
        case 'apex': {
          const args = words.remainingArgs();
          const [value] = args;
          const wrong = wrongCount('k8s_external', option, args, 1);
          if (wrong !== undefined || value === undefined) return wrong;
          if (optionName !== 'ttl') break;
          const range = wrongNumber(words, subjectOf('k8s_external', option), value, { min: 0, max: 3600 });
          if (range !== undefined) return range;
          break;
        }
        case 'headless':
          break;
        case 'fallthrough':
          words.remainingArgs();
          break;
        default:
          return unknownOption(words, 'k8s_external', option);
      }
    }
  }
  if (first === undefined || !lacksPlugin(block, 'kubernetes')) return undefined;
  return refuse(
    'CF309',
    first,
    'k8s_external needs kubernetes in the same server block, CoreDNS stops without it. Add kubernetes',
  );
};
