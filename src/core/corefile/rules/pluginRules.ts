import { pluginTwice } from './cf301-plugin-twice.ts';
import { unknownOption } from './cf303-unknown-option.ts';
import { argumentCount } from './cf304-argument-count.ts';
import { numberOrDuration } from './cf305-number-or-duration.ts';
import { optionValue } from './cf306-value.ts';
import { partnerMissing } from './cf309-partner-missing.ts';
import type { Rule } from './rule.ts';

/** Plugins in general: CF3xx. */
export const pluginRules: readonly Rule[] = [
  pluginTwice,
  unknownOption,
  argumentCount,
  numberOrDuration,
  optionValue,
  partnerMissing,
];
