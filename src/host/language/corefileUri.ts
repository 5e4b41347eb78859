/** Addresses of live Corefiles: `dnscope-corefile:/CONTEXT/NAMESPACE/CONFIGMAP/KEY`, folders above them. */
import * as vscode from 'vscode';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';

export const COREFILE_SCHEME = 'dnscope-corefile';

export interface LivePath {
  readonly context: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly key?: string;
}

export function liveUri(context: string, { namespace, name, key }: CorefilePlace): vscode.Uri {
  return vscode.Uri.from({
    scheme: COREFILE_SCHEME,
    path: `/${[context, namespace, name, key].map(segment).join('/')}`,
  });
}

/** `undefined` for the root, and for what is deeper than a key. */
export function livePath({ path }: vscode.Uri): LivePath | undefined {
  const [context, namespace, name, key, ...more] = path
    .split('/')
    .filter((part) => part !== '')
    .map(unsegment);
  if (context === undefined || more.length > 0) return undefined;
  return {
    context,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(key === undefined ? {} : { key }),
  };
}

export function placeOf({ namespace, name, key }: LivePath): CorefilePlace | undefined {
  return namespace === undefined || name === undefined || key === undefined ? undefined : { namespace, name, key };
}

// Context names hold slashes and colons (EKS: arn:aws:eks:…:cluster/name); a path segment may not.
const segment = (text: string): string => text.replaceAll('%', '%25').replaceAll('/', '%2F');
const unsegment = (text: string): string => text.replaceAll('%2F', '/').replaceAll('%25', '%');
