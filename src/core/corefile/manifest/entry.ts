/** The door to everything that needs the YAML library: loaded on first use, a chunk of its own in the bundles. */
export { readManifest } from './readManifest.ts';
