/** The test suites, as data: what runs, what it needs, what comes first. */
import type { Need } from './machine.ts';

export interface Suite {
  readonly name: string;
  readonly globs: readonly string[];
  /** What must be on the machine; scripts/machine.ts finds out, `npm run setup` installs. */
  readonly needs: readonly Need[];
  /** npm scripts to run before it. */
  readonly before: readonly string[];
  /** Runs against the lab (or the cluster of KUBECONFIG), so only one file at a time. */
  readonly usesCluster: boolean;
  /** One test may take so long before it counts as hung. */
  readonly testTimeoutMs: number;
  /** In the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

const host = {
  globs: ['test/host/**/*.test.ts'],
  before: ['package'],
  usesCluster: true,
  testTimeoutMs: 300_000,
} as const;

export const suites = {
  unit: {
    name: 'unit',
    globs: ['test/unit/**/*.test.{ts,tsx}', 'test/tidy/*.test.ts'],
    needs: [],
    before: [],
    usesCluster: false,
    testTimeoutMs: 120_000,
  },
  webview: {
    name: 'webview',
    globs: ['test/webview/**/*.test.ts'],
    needs: ['chromium'],
    before: ['build'],
    usesCluster: false,
    testTimeoutMs: 120_000,
  },
  host: { ...host, name: 'host', needs: ['chromium', 'code-server', 'cluster'] },
  /** The suite inside the extension host, in a downloaded desktop VS Code; needs a display and the download, so `npm test` leaves it out. */
  desktop: {
    ...host,
    name: 'desktop',
    globs: ['test/host/suite.test.ts'],
    needs: ['cluster'],
    env: { DNSCOPE_HOST: 'desktop' },
  },
  cluster: {
    name: 'cluster',
    globs: ['test/cluster/**/*.test.ts'],
    needs: ['cluster', 'tshark'],
    before: ['build'],
    usesCluster: true,
    testTimeoutMs: 600_000,
  },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof suites;
