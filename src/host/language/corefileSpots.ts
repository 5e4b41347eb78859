import type * as vscode from 'vscode';
import type { LanguageContext } from '../../core/corefile/language/completion.ts';
import { type StatementTree, readStatements } from '../../core/corefile/language/statements.ts';
import { DEFAULT_COREDNS_VERSION } from '../../core/corefile/pluginCatalogue.ts';
import type { Settings } from '../settings/settings.ts';
import type { CorefileRegion, CorefileRegions } from './corefileRegions.ts';
import { lintOptions } from './lintOptions.ts';

export interface LanguageOptions {
  readonly regions: CorefileRegions;
  readonly settings: Settings;
  /** Zones of the cluster in use, best first; empty without one. */
  readonly zones: () => readonly string[];
}

/** What providers ask of a place in a document. */
export interface CorefileSpot {
  readonly region: CorefileRegion;
  readonly tree: StatementTree;
  readonly offset: number;
  readonly context: LanguageContext;
}

/** Regions of documents with their trees, read once a version. */
export class CorefileSpots {
  readonly #options: LanguageOptions;
  /** Regions are the same objects as long as nothing changes. */
  readonly #trees = new WeakMap<CorefileRegion, StatementTree>();

  constructor(options: LanguageOptions) {
    this.#options = options;
  }

  get settings(): Settings {
    return this.#options.settings;
  }

  regionsOf(document: vscode.TextDocument): readonly CorefileRegion[] {
    return this.#options.regions.regionsOf(document);
  }

  tree(region: CorefileRegion): StatementTree {
    let tree = this.#trees.get(region);
    if (tree === undefined) {
      tree = readStatements(region.text, region.lint.purpose === 'override');
      this.#trees.set(region, tree);
    }
    return tree;
  }

  context(region: CorefileRegion): LanguageContext {
    const { version = DEFAULT_COREDNS_VERSION } = lintOptions(region, this.settings);
    return { version, zones: this.#options.zones };
  }

  at(document: vscode.TextDocument, position: vscode.Position): CorefileSpot | undefined {
    const found = this.#options.regions.at(document, position);
    if (found === undefined) return undefined;
    return { ...found, tree: this.tree(found.region), context: this.context(found.region) };
  }
}
