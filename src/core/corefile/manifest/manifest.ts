/** What a YAML or JSON file says about Corefiles. Offsets are those of the file. */
import type { CorefilePurpose, Finding } from '../rules/rule.ts';
import type { Workload } from './mounts.ts';
import type { TextPositions } from './textPositions.ts';

export interface ConfigMapName {
  /** Absent: whatever namespace it is applied to. */
  readonly namespace?: string;
  readonly name: string;
}

/** A string of the file: a Corefile, or another key of a ConfigMap that holds one (a Corefile may import it). */
export interface ManifestText {
  readonly key: string;
  /** `undefined`: not a Corefile by itself. */
  readonly purpose: CorefilePurpose | undefined;
  readonly text: string;
  readonly positions: TextPositions;
  /** The ConfigMap whose key it is; absent in values files. */
  readonly configMap?: ConfigMapName;
  /** The key's own stretch. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The lines were joined into one although they stand on several: nearly always a forgotten `|`. */
  readonly joined?: Finding;
}

/** A key of a ConfigMap that Kustomize makes of a file. */
export interface GeneratedKey {
  readonly configMap: ConfigMapName;
  readonly key: string;
  /** As it is written, relative to the kustomization. */
  readonly path: string;
}

export interface Manifest {
  readonly texts: readonly ManifestText[];
  /** Findings of CF812: the API refuses the file. */
  readonly findings: readonly Finding[];
  /** Of generators whose ConfigMap is CoreDNS's by its name or by a key. */
  readonly generated: readonly GeneratedKey[];
  /** Pods of the file that mount ConfigMaps. */
  readonly workloads: readonly Workload[];
  /** False: too large or too deep in part, which then gives nothing. */
  readonly readable: boolean;
}
