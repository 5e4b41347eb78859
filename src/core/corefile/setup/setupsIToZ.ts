import { k8sExternalSetup } from './k8sExternal.ts';
import { kubernetesSetup } from './kubernetes.ts';
import { loadbalanceSetup } from './loadbalance.ts';
import { localSetup } from './local.ts';
import { logSetup } from './log.ts';
import { loopSetup } from './loop.ts';
import { metadataSetup } from './metadata.ts';
import { minimalSetup } from './minimal.ts';
import { multisocketSetup } from './multisocket.ts';
import { nomadSetup } from './nomad.ts';
import { nsidSetup } from './nsid.ts';
import { onSetup } from './on.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { pprofSetup } from './pprof.ts';
import { prometheusSetup } from './prometheus.ts';
import { proxyprotoSetup } from './proxyproto.ts';
import { quicSetup } from './quic.ts';
import { readySetup } from './ready.ts';
import { reloadSetup } from './reload.ts';
import { rewriteSetup } from './rewrite.ts';
import { rootSetup } from './root.ts';
import { route53Setup } from './route53.ts';
import { secondarySetup } from './secondary.ts';
import { shedSetup } from './shed.ts';
import { signSetup } from './sign.ts';
import { siitSetup } from './siit.ts';
import { templateSetup } from './template.ts';
import { timeoutsSetup } from './timeouts.ts';
import { tlsSetup } from './tls.ts';
import { traceSetup } from './trace.ts';
import { transferSetup } from './transfer.ts';
import { tsigSetup } from './tsig.ts';
import { viewSetup } from './view.ts';
import { whoamiSetup } from './whoami.ts';

export const setupsIToZ: readonly (readonly [plugin: string, setup: PluginSetup])[] = [
  ['k8s_external', k8sExternalSetup],
  ['kubernetes', kubernetesSetup],
  ['loadbalance', loadbalanceSetup],
  ['local', localSetup],
  ['log', logSetup],
  ['loop', loopSetup],
  ['metadata', metadataSetup],
  ['minimal', minimalSetup],
  ['multisocket', multisocketSetup],
  ['nomad', nomadSetup],
  ['nsid', nsidSetup],
  ['on', onSetup],
  ['pprof', pprofSetup],
  ['prometheus', prometheusSetup],
  ['proxyproto', proxyprotoSetup],
  ['quic', quicSetup],
  ['ready', readySetup],
  ['reload', reloadSetup],
  ['rewrite', rewriteSetup],
  ['root', rootSetup],
  ['route53', route53Setup],
  ['secondary', secondarySetup],
  ['shed', shedSetup],
  ['sign', signSetup],
  ['siit', siitSetup],
  ['template', templateSetup],
  ['timeouts', timeoutsSetup],
  ['tls', tlsSetup],
  ['trace', traceSetup],
  ['transfer', transferSetup],
  ['tsig', tsigSetup],
  ['view', viewSetup],
  ['whoami', whoamiSetup],
];
