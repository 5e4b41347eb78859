import { aclSetup } from './acl.ts';
import { anySetup } from './any.ts';
import { autoSetup } from './auto.ts';
import { autopathSetup } from './autopath.ts';
import { azureSetup } from './azure.ts';
import { bindSetup } from './bind.ts';
import { bufsizeSetup } from './bufsize.ts';
import { cacheSetup } from './cache.ts';
import { cancelSetup } from './cancel.ts';
import { chaosSetup } from './chaos.ts';
import { clouddnsSetup } from './clouddns.ts';
import { debugSetup } from './debug.ts';
import { dns64Setup } from './dns64.ts';
import { dnssecSetup } from './dnssec.ts';
import { dnstapSetup } from './dnstap.ts';
import { dynupdateSetup } from './dynupdate.ts';
import { erraticSetup } from './erratic.ts';
import { errorsSetup } from './errors.ts';
import { etcdSetup } from './etcd.ts';
import { fileSetup } from './file.ts';
import { forwardSetup } from './forward.ts';
import { geoipSetup } from './geoip.ts';
import { grpcSetup } from './grpc.ts';
import { headerSetup } from './header.ts';
import { healthSetup } from './health.ts';
import { hostsSetup } from './hosts.ts';
import type { PluginSetup } from './pluginSetup.ts';
import { grpcServerSetup, https3Setup, httpsSetup } from './serverLimitsAToH.ts';

export const setupsAToH: readonly (readonly [plugin: string, setup: PluginSetup])[] = [
  ['acl', aclSetup],
  ['any', anySetup],
  ['auto', autoSetup],
  ['autopath', autopathSetup],
  ['azure', azureSetup],
  ['bind', bindSetup],
  ['bufsize', bufsizeSetup],
  ['cache', cacheSetup],
  ['cancel', cancelSetup],
  ['chaos', chaosSetup],
  ['clouddns', clouddnsSetup],
  ['debug', debugSetup],
  ['dns64', dns64Setup],
  ['dnssec', dnssecSetup],
  ['dnstap', dnstapSetup],
  ['dynupdate', dynupdateSetup],
  ['erratic', erraticSetup],
  ['errors', errorsSetup],
  ['etcd', etcdSetup],
  ['file', fileSetup],
  ['forward', forwardSetup],
  ['geoip', geoipSetup],
  ['grpc', grpcSetup],
  ['grpc_server', grpcServerSetup],
  ['header', headerSetup],
  ['health', healthSetup],
  ['hosts', hostsSetup],
  ['https', httpsSetup],
  ['https3', https3Setup],
];
