/** What a completion is made of; the host turns it into VS Code's items. */
export interface Completion {
  readonly label: string;
  readonly kind: 'plugin' | 'option' | 'value' | 'zone' | 'transport' | 'snippet' | 'template' | 'keyword';
  /** A few words beside the label. */
  readonly detail: string;
  /** Plain text, or empty. */
  readonly documentation: string;
  /** In VS Code's snippet form where `isSnippet`, else plain. */
  readonly insert: string;
  readonly isSnippet: boolean;
  /** Range to replace; it holds the cursor. */
  readonly start: number;
  readonly end: number;
  /** 0 comes first. */
  readonly rank: number;
  readonly deprecated: boolean;
  /** True when more is to be written behind it, so that completion goes on. */
  readonly goesOn: boolean;
}

export interface LanguageContext {
  /** CoreDNS release. */
  readonly version: string;
  /** Zones that mean something here (the cluster's domain, namespaces, Services), best first; absolute or not. */
  readonly zones?: () => readonly string[];
}

export const PLAIN = {
  detail: '',
  documentation: '',
  isSnippet: false,
  rank: 5,
  deprecated: false,
  goesOn: false,
} as const;
