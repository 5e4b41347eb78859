/**
 * The parts of Kubernetes objects that DNScope reads, as the API serves them. Every field may be missing in the wild
 * (old servers, `kubectl get -o json` of partial lists), hence all optional. Names are hostile text.
 */
export interface KubeMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** Grows with each change of the spec. */
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly {
    readonly kind?: string;
    readonly name?: string;
    readonly controller?: boolean;
  }[];
  /** Who wrote which fields last, by the name each client gives itself. */
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly operation?: string;
    readonly time?: string;
    readonly fieldsV1?: Readonly<Record<string, unknown>>;
  }[];
}

export interface KubeObject {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: KubeMeta;
}

export interface ContainerStateView {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string };
}

export interface ContainerStatusView {
  readonly name?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly containerID?: string;
  readonly state?: ContainerStateView;
  readonly lastState?: ContainerStateView;
}

/** A port as the API writes it: its number, or the name of a container port. */
export type PortReference = number | string;

export interface ProbeView {
  readonly httpGet?: { readonly path?: string; readonly port?: PortReference; readonly host?: string };
}

export interface ContainerView {
  readonly name?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly imagePullPolicy?: string;
  readonly livenessProbe?: ProbeView;
  readonly readinessProbe?: ProbeView;
  readonly env?: readonly { readonly name?: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number; readonly protocol?: string }[];
  readonly securityContext?: { readonly runAsUser?: number; readonly readOnlyRootFilesystem?: boolean };
  readonly volumeMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
}

/** A volume as far as it says which ConfigMap stands where; any other source is carried along unread. */
export interface VolumeView {
  readonly name?: string;
  readonly configMap?: ConfigMapSource & { readonly name?: string };
  readonly hostPath?: unknown;
  readonly persistentVolumeClaim?: unknown;
  readonly projected?: {
    readonly sources?: readonly { readonly configMap?: ConfigMapSource & { readonly name?: string } }[];
  };
}

export interface ConfigMapSource {
  /** All keys, each under its own name, when absent. */
  readonly items?: readonly { readonly key?: string; readonly path?: string }[];
  readonly optional?: boolean;
}

export interface Pod extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly dnsPolicy?: string;
    readonly dnsConfig?: { readonly nameservers?: readonly string[] };
    readonly terminationGracePeriodSeconds?: number;
    readonly containers?: readonly ContainerView[];
    readonly ephemeralContainers?: readonly ContainerView[];
    readonly serviceAccountName?: string;
    readonly automountServiceAccountToken?: boolean;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly unknown[];
    readonly imagePullSecrets?: readonly { readonly name?: string }[];
    readonly volumes?: readonly VolumeView[];
    readonly securityContext?: { readonly runAsNonRoot?: boolean; readonly runAsUser?: number };
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
    readonly hostIP?: string;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly reason?: string;
    readonly message?: string;
    readonly containerStatuses?: readonly ContainerStatusView[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatusView[];
  };
}

export interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port?: number;
      readonly protocol?: string;
      readonly targetPort?: PortReference;
    }[];
  };
}

export interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
    readonly nodeName?: string;
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface Deployment extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: { readonly metadata?: KubeMeta; readonly spec?: Pod['spec'] };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
  };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
    readonly expectedPods?: number;
  };
}

export interface Node extends KubeObject {
  readonly spec?: { readonly providerID?: string };
  readonly status?: {
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[];
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
    readonly nodeInfo?: { readonly containerRuntimeVersion?: string; readonly kubeletVersion?: string };
  };
}

export interface Namespace extends KubeObject {
  readonly status?: { readonly phase?: string };
}
