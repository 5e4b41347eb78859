import { unclosedBlock } from './cf101-unclosed-block.ts';
import { braceOnLine } from './cf104-brace-on-line.ts';
import { unterminatedQuote } from './cf107-unterminated-quote.ts';
import { importProblem } from './cf114-import.ts';
import { snippetProblem } from './cf116-snippet.ts';
import { unknownPlugin } from './cf119-unknown-plugin.ts';
import { trailingComma } from './cf123-trailing-comma.ts';
import { duplicateKey } from './cf201-duplicate-key.ts';
import { boundAndUnbound } from './cf202-bound-and-unbound.ts';
import { serverKey } from './cf210-server-key.ts';
import { pluginTwice } from './cf301-plugin-twice.ts';
import { unknownOption } from './cf303-unknown-option.ts';
import { argumentCount } from './cf304-argument-count.ts';
import { numberOrDuration } from './cf305-number-or-duration.ts';
import { optionValue } from './cf306-value.ts';
import { cacheDuration } from './cf401-cache-duration.ts';
import { hostsFallthrough } from './cf405-hosts-fallthrough.ts';
import { errorsMissing } from './cf601-errors-missing.ts';
import { loopMissing } from './cf602-loop-missing.ts';
import { reloadMissing } from './cf604-reload-missing.ts';
import { azureDnsMixed } from './cf814-azure-dns-mixed.ts';
import type { Rule } from './rule.ts';

/** Every rule, by code. A rule also has a page in docs/rules and fixtures in test/fixtures/corefiles/rules. */
export const ALL_RULES: readonly Rule[] = [
  unclosedBlock,
  braceOnLine,
  unterminatedQuote,
  importProblem,
  snippetProblem,
  unknownPlugin,
  trailingComma,
  duplicateKey,
  boundAndUnbound,
  serverKey,
  pluginTwice,
  unknownOption,
  argumentCount,
  numberOrDuration,
  optionValue,
  cacheDuration,
  hostsFallthrough,
  errorsMissing,
  loopMissing,
  reloadMissing,
  azureDnsMixed,
];
