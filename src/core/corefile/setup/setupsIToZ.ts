import { loopSetup } from './loop.ts';
import type { PluginSetup } from './pluginSetup.ts';

export const setupsIToZ: readonly (readonly [plugin: string, setup: PluginSetup])[] = [['loop', loopSetup]];
