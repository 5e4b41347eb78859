import type { PluginSetup } from './pluginSetup.ts';

export const setupsAToH: readonly (readonly [plugin: string, setup: PluginSetup])[] = [];
