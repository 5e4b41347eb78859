// Written by scripts/generateCorefileData.ts; read by ../pluginCatalogue.ts, which explains the lines.
export const PLUGIN_ORDER = `
1.0.0 tls root bind debug trace health pprof prometheus errors log dnstap chaos cache rewrite loadbalance dnssec autopath reverse hosts federation kubernetes file auto secondary etcd proxy erratic whoami startup shutdown
1.0.1 nsid<root
1.0.3 template<hosts
1.0.5 on<startup forward<proxy route53<federation rewrite<dnssec cache<rewrite
1.1.0 reload<nsid
1.1.1 -startup -shutdown
1.2.0 -reverse metadata<tls
1.2.1 loop<forward
1.3.0 k8s_external<kubernetes
1.5.0 -proxy grpc<erratic ready<health cancel<tls
1.5.1 any<chaos
1.6.2 azure<federation
1.6.3 sign< clouddns<federation
1.6.4 acl<any
1.6.5 transfer<hosts
1.6.6 bufsize<root
1.7.0 -federation dns64<acl
1.8.1 local<dns64
1.8.4 minimal<template
1.8.5 header<dnssec geoip<cancel
1.9.4 tsig<cache
1.10.0 view<
1.10.1 timeouts<reload
1.11.3 bufsize<bind nsid<bufsize reload<nsid timeouts<reload tls<timeouts cancel<tls geoip<cancel metadata<geoip
1.12.0 multisocket<reload
1.12.2 quic<timeouts
1.13.0 nomad<
1.14.0 https3<timeouts https<https3 grpc_server<https
1.14.2 acl<header
1.14.3 proxyproto<quic
1.14.7 tls<minimal dnssec<tls header<dnssec cache<header acl<cache shed<prometheus
1.15.0 dynupdate<hosts siit<any
`;
