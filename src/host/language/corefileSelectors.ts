/**
 * Which documents are Corefiles. Apart from what reads them (corefileRegions.ts), which brings the linter along: commands and
 * the file system ask this at activation.
 */
import type * as vscode from 'vscode';

export const COREFILE_LANGUAGE = 'corefile';

/** Documents that are Corefiles as a whole. */
export const COREFILE_SELECTOR: readonly vscode.DocumentFilter[] = ['file', 'untitled', 'dnscope-corefile'].map(
  (scheme) => ({ language: COREFILE_LANGUAGE, scheme }),
);

/** Documents that may hold Corefiles. They get what speaks of a place (completion, hover, …) but no formatter, folding, outline. */
export const EMBEDDED_SELECTOR: readonly vscode.DocumentFilter[] = ['file', 'untitled'].map((scheme) => ({
  language: 'yaml',
  scheme,
}));
