/** A pod by name. Tree items of pods carry these members, so that VS Code hands them to commands as they are. */
export interface PodRef {
  readonly namespace: string;
  readonly pod: string;
}

/** The reference inside whatever VS Code hands over (a tree item, a plain object, nothing). */
export function asPodRef(value: unknown): PodRef | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { namespace, pod } = value as Partial<Record<'namespace' | 'pod', unknown>>;
  if (typeof namespace !== 'string' || typeof pod !== 'string' || namespace === '' || pod === '') return undefined;
  return { namespace, pod };
}
