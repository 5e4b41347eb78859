/**
 * The throw-away pod in which the cluster's own CoreDNS reads a new Corefile. It is CoreDNS's pod template with everything
 * taken off that would let it serve, scale or disturb: no labels of CoreDNS, so that no Service sends it traffic; a network of
 * its own, so that no port clashes; the changed ConfigMap replaced by annotations of the pod itself (downward API), so that the
 * live one stays untouched and no second object is needed.
 */
import type { ConfigMap, Pod, Service, VolumeView } from '../../core/topology/kubeTypes.ts';
import type { TrialOffer } from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import { coreDnsContainer } from '../cluster/coreDns.ts';
import type { PodSpecToCreate } from '../ports.ts';

export const TRIAL_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'dnscope-corefile-trial',
  'app.kubernetes.io/managed-by': 'dnscope',
};
/** Kubernetes ends the pod after that long, whatever happens to us. */
export const TRIAL_DEADLINE_SECONDS = 90;
const ANNOTATION = 'dnscope.dev/trial-file-';
/** Kubernetes allows 256 KiB for all annotations of an object. */
const ANNOTATION_BYTES = 250_000;
/** The user of CoreDNS's own images since 1.11. */
const NOBODY = 65_532;
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

const TRIAL_NAME = 'app.kubernetes.io/name';

export const isTrialPod = (labels: Readonly<Record<string, string>> | undefined): boolean =>
  labels?.[TRIAL_NAME] === TRIAL_LABELS[TRIAL_NAME];

export interface TrialInput {
  readonly place: CorefilePlace;
  readonly text: string;
  /** The ConfigMap as it is: its other keys come along. */
  readonly map: ConfigMap;
  /** Template of CoreDNS's Deployment, or the spec of one of its pods. */
  readonly template: Pod['spec'];
  /** A node where the image is known to be. */
  readonly node: string | undefined;
  readonly services: readonly Service[];
  readonly nowNs: bigint;
}

export function offerTrial(input: TrialInput): TrialOffer {
  const { place, template, services } = input;
  const container = coreDnsContainer(template);
  const volumes = template?.volumes ?? [];
  if (container?.image === undefined) return impossible('The pods of CoreDNS could not be read');
  if (!volumes.some((volume) => names(volume, place.name)))
    return impossible(`The pods of CoreDNS do not mount ConfigMap ${place.namespace}/${place.name}`);
  if (volumes.some((volume) => volume.persistentVolumeClaim !== undefined))
    return impossible('CoreDNS keeps files on a persistent volume, which a second pod must not touch');
  if (template?.hostNetwork === true)
    return impossible('It runs in the network of its node, where a second one could not listen beside it');
  const taken = services.find(
    ({ metadata, spec }) => metadata?.namespace === place.namespace && selectsTrial(spec?.selector),
  );
  if (taken !== undefined)
    return impossible(
      `Service ${place.namespace}/${taken.metadata?.name ?? ''} would send traffic to the throw-away pod`,
    );
  const annotations: Record<string, string> = {};
  const pod = trialPod(input, annotations);
  const bytes = Object.entries(annotations).reduce(
    (sum, entry) => sum + new TextEncoder().encode(entry.join('')).length,
    0,
  );
  if (bytes > ANNOTATION_BYTES) return impossible('The Corefile is too large for the annotations of a pod (256 KiB)');
  const account = template?.serviceAccountName ?? 'default';
  return {
    kind: 'possible',
    namespace: place.namespace,
    pod,
    consent:
      `Pod ${pod.metadata.name} in namespace ${place.namespace}: the image ${container.image} started with the new Corefile, ` +
      `as user ${String(userOf(template))} without added rights. It runs with the service account ${account}, because the ` +
      'kubernetes plugin reads the API with it. No Service selects it. It is deleted after a few seconds, and ends by itself ' +
      `after ${String(TRIAL_DEADLINE_SECONDS)} s when this program is gone. Plugins that talk to other servers do so from there as well.`,
  };
}

const impossible = (detail: string): TrialOffer => ({
  kind: 'impossible',
  problem: {
    code: 'trial-impossible',
    detail: `CoreDNS itself cannot be asked about the new Corefile: ${detail}`,
  },
});

function trialPod(input: TrialInput, annotations: Record<string, string>): PodSpecToCreate {
  const { place, template, node, nowNs } = input;
  const container = coreDnsContainer(template);
  const mounts = (container?.volumeMounts ?? []).filter(({ mountPath }) => mountPath !== TOKEN_PATH);
  const used = new Set(mounts.map(({ name }) => name));
  const volumes = (template?.volumes ?? [])
    .filter(({ name }) => used.has(name))
    .map((volume) => replaced(volume, input, annotations));
  const user = userOf(template);
  const limits = container?.resources?.limits?.['memory'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `dnscope-corefile-trial-${(nowNs / 1_000_000n).toString(36)}`,
      namespace: place.namespace,
      labels: TRIAL_LABELS,
      annotations,
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: TRIAL_DEADLINE_SECONDS,
      terminationGracePeriodSeconds: 1,
      enableServiceLinks: false,
      ...pick(template, [
        'serviceAccountName',
        'automountServiceAccountToken',
        'dnsPolicy',
        'dnsConfig',
        'imagePullSecrets',
        'tolerations',
        'runtimeClassName',
      ]),
      ...(node === undefined ? pick(template, ['nodeSelector']) : { affinity: onNode(node) }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        fsGroup: user,
        // Port 53 without a capability that the image's file would have to carry.
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'coredns',
          image: container?.image,
          imagePullPolicy: 'IfNotPresent',
          ...pick(container, ['command', 'args', 'workingDir', 'env', 'envFrom']),
          volumeMounts: mounts,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          resources: {
            requests: { cpu: '10m', memory: '32Mi' },
            ...(limits === undefined ? {} : { limits: { memory: limits } }),
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            // The file capability of CoreDNS's own image has to be allowed, or the program cannot be started at all.
            capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          },
        },
      ],
      volumes,
    },
  };
}

function userOf(template: Pod['spec']): number {
  const own = coreDnsContainer(template)?.securityContext?.runAsUser ?? template?.securityContext?.runAsUser ?? 0;
  return own === 0 ? NOBODY : own;
}

const onNode = (node: string): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
});

const names = (volume: VolumeView, map: string): boolean =>
  volume.configMap?.name === map || (volume.projected?.sources ?? []).some(({ configMap }) => configMap?.name === map);

const selectsTrial = (selector: Readonly<Record<string, string>> | undefined): boolean => {
  const entries = Object.entries(selector ?? {});
  return entries.length > 0 && entries.every(([key, value]) => TRIAL_LABELS[key] === value);
};

type Items = readonly { readonly key?: string; readonly path?: string }[] | undefined;

function replaced(volume: VolumeView, input: TrialInput, annotations: Record<string, string>): object {
  const { place } = input;
  if (volume.configMap?.name === place.name)
    return { name: volume.name, downwardAPI: { items: itemsOf(volume.configMap.items, input, annotations) } };
  if (volume.projected === undefined) return volume;
  const sources = (volume.projected.sources ?? []).map((source) =>
    source.configMap?.name === place.name
      ? { downwardAPI: { items: itemsOf(source.configMap.items, input, annotations) } }
      : source,
  );
  return { ...volume, projected: { ...volume.projected, sources } };
}

/** Every file of the ConfigMap as an annotation of the pod, and a file made of it. */
function itemsOf(
  items: Items,
  { place, text, map }: TrialInput,
  annotations: Record<string, string>,
): readonly object[] {
  const data: Readonly<Record<string, string>> = { ...map.data, [place.key]: text };
  const wanted = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return wanted.flatMap(({ key, path }) => {
    const content = key === undefined ? undefined : data[key];
    if (content === undefined || path === undefined) return [];
    const name = `${ANNOTATION}${String(Object.keys(annotations).length)}`;
    annotations[name] = content;
    return [{ path, fieldRef: { fieldPath: `metadata.annotations['${name}']` } }];
  });
}

function pick(from: object | undefined, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = Object.entries(from ?? {}) as readonly (readonly [string, unknown])[];
  return Object.fromEntries(entries.filter(([key, value]) => keys.includes(key) && value !== undefined));
}
