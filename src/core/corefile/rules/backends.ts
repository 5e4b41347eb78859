/** Plugins that answer names from data or other servers, in the order in which CoreDNS asks them; all stand behind template and hosts. */
export const BACKENDS: readonly string[] = [
  'route53',
  'azure',
  'clouddns',
  'k8s_external',
  'kubernetes',
  'file',
  'auto',
  'secondary',
  'etcd',
  'forward',
  'proxy',
  'grpc',
  'nomad',
];

/** Every plugin that may answer a name other than by forwarding it. */
export const ANSWERING: readonly string[] = [
  ...BACKENDS.filter((name) => name !== 'forward'),
  'template',
  'hosts',
  'local',
  'dynupdate',
  'erratic',
  'whoami',
  'sign',
  'reverse',
  'federation',
];
