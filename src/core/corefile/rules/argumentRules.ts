import { cacheDuration } from './cf401-cache-duration.ts';
import { hostsFallthrough } from './cf405-hosts-fallthrough.ts';
import type { Rule } from './rule.ts';

/** Arguments of single plugins: CF4xx. */
export const argumentRules: readonly Rule[] = [cacheDuration, hostsFallthrough];
