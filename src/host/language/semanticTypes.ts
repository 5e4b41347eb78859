import type { SemanticKind } from '../../core/corefile/language/semanticTokens.ts';

/** Token types of the language Corefile in the order of the legend; package.json maps each to what themes know. */
export const SEMANTIC_TYPES: Readonly<Record<SemanticKind, string>> = {
  zone: 'corefileZone',
  plugin: 'corefilePlugin',
  option: 'corefileOption',
  value: 'corefileValue',
  snippet: 'corefileSnippet',
  environment: 'corefileEnvironment',
  unknown: 'corefileUnknown',
};
