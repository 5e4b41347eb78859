import { pluginTwice } from './cf301-plugin-twice.ts';
import { laterStanzaLost } from './cf302-later-stanza-lost.ts';
import { unknownOption } from './cf303-unknown-option.ts';
import { argumentCount } from './cf304-argument-count.ts';
import { numberOrDuration } from './cf305-number-or-duration.ts';
import { optionValue } from './cf306-value.ts';
import { blockIgnored } from './cf307-block-ignored.ts';
import { order } from './cf308-order.ts';
import { partnerMissing } from './cf309-partner-missing.ts';
import { fallthroughToNothing } from './cf310-fallthrough-to-nothing.ts';
import { optionWithoutEffect } from './cf311-option-without-effect.ts';
import type { Rule } from './rule.ts';

/** Plugins in general: CF3xx. */
export const pluginRules: readonly Rule[] = [
  pluginTwice,
  laterStanzaLost,
  unknownOption,
  argumentCount,
  numberOrDuration,
  optionValue,
  blockIgnored,
  order,
  partnerMissing,
  fallthroughToNothing,
  optionWithoutEffect,
];
