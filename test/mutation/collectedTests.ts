/**
 * What stands in for `node:test` while mutants are tried: it keeps the tests of all files that were loaded, so that one process can run
 * any of them as often as wanted. Tests run one after the other, with their suites' hooks.
 */
type Body = (context: TestContext) => unknown;
type Hook = () => unknown;

interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly befores: Hook[];
  readonly afters: Hook[];
  readonly beforeEachs: Hook[];
  readonly afterEachs: Hook[];
  isOpen: boolean;
}

export interface CollectedTest {
  readonly id: string;
  readonly suite: Suite;
  readonly body: Body;
}

/** The part of node:test's context that tests of the core use. */
interface TestContext {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly diagnostic: () => void;
  readonly after: (hook: Hook) => void;
  readonly test: (name: string, ...rest: readonly unknown[]) => Promise<void>;
}

const suiteNamed = (name: string, parent: Suite | undefined): Suite => ({
  name,
  parent,
  befores: [],
  afters: [],
  beforeEachs: [],
  afterEachs: [],
  isOpen: false,
});

const tests = new Map<string, CollectedTest>();
const opened: Suite[] = [];
let current = suiteNamed('', undefined);

/** Everything registered from here on is named under `file`. */
export function startFile(file: string): void {
  current = suiteNamed(file, undefined);
}

export const collectedTests = (): readonly CollectedTest[] => [...tests.values()];

/** Both tests and suites take `(name, options?, body)`. */
const bodyOf = (rest: readonly unknown[]): Body => rest.find((part) => typeof part === 'function') as Body;

export function test(name: string, ...rest: readonly unknown[]): Promise<void> {
  const path: string[] = [name];
  for (let suite: Suite | undefined = current; suite !== undefined; suite = suite.parent) path.unshift(suite.name);
  let id = path.join(' > ');
  while (tests.has(id)) id += "'"; // two tests of one name
  tests.set(id, { id, suite: current, body: bodyOf(rest) });
  return Promise.resolve();
}

export function describe(name: string, ...rest: readonly unknown[]): void {
  const outer = current;
  current = suiteNamed(name, outer);
  void (bodyOf(rest) as Hook)();
  current = outer;
}

export { describe as suite, test as it };
export const before = (hook: Hook): number => current.befores.push(hook);
export const after = (hook: Hook): number => current.afters.push(hook);
export const beforeEach = (hook: Hook): number => current.beforeEachs.push(hook);
export const afterEach = (hook: Hook): number => current.afterEachs.push(hook);

const pathOf = (suite: Suite): readonly Suite[] => [...(suite.parent ? pathOf(suite.parent) : []), suite];

/** Runs one test with the hooks around it; rejects when it fails. */
export async function runTest({ id, suite, body }: CollectedTest): Promise<void> {
  const path = pathOf(suite);
  for (const outer of path) {
    if (outer.isOpen) continue;
    outer.isOpen = true;
    opened.push(outer);
    for (const hook of outer.befores) await hook();
  }
  for (const outer of path) for (const hook of outer.beforeEachs) await hook();
  const afters: Hook[] = [];
  const context: TestContext = {
    name: id,
    signal: new AbortController().signal,
    diagnostic: () => undefined,
    after: (hook) => afters.push(hook),
    test: async (_name, ...rest) => {
      await bodyOf(rest)(context);
    },
  };
  try {
    await body(context);
  } finally {
    for (const hook of afters) await hook();
    for (const outer of path.toReversed()) for (const hook of outer.afterEachs) await hook();
  }
}

/** The `after` hooks of every suite that ran. */
export async function closeSuites(): Promise<void> {
  for (const suite of opened.splice(0).toReversed()) {
    suite.isOpen = false;
    for (const hook of suite.afters) await hook();
  }
}
