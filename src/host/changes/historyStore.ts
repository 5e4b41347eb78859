import type * as vscode from 'vscode';
import type { CorefileHistoryStore, SeenVersion } from '../../session/change/corefileChangeTypes.ts';

const KEY = 'dnscope.corefileHistory';

/** The versions of Corefiles that this user saw, beside VS Code's own state on this machine: never synchronised elsewhere. */
export function historyStore(memory: vscode.Memento): CorefileHistoryStore {
  return {
    load: () => Promise.resolve(memory.get<readonly unknown[]>(KEY, []).filter(isSeenVersion)),
    save: async (versions) => memory.update(KEY, versions),
  };
}

/** Another release of the extension may have written it. */
function isSeenVersion(value: unknown): value is SeenVersion {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>;
  return ['server', 'namespace', 'name', 'key', 'text', 'resourceVersion', 'time', 'cause'].every(
    (field) => typeof record[field] === 'string',
  );
}
