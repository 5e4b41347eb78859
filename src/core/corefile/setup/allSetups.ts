import { setupsAToH } from './setupsAToH.ts';
import { setupsIToZ } from './setupsIToZ.ts';
import type { PluginSetup } from './pluginSetup.ts';

/** Twins by plugin name. A plugin without one is judged by the table of options alone. */
export const SETUPS: ReadonlyMap<string, PluginSetup> = new Map([...setupsAToH, ...setupsIToZ]);
