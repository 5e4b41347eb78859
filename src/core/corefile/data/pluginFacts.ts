// Written by scripts/generateCorefileData.ts; read by ../pluginCatalogue.ts, which explains the columns.
export const PLUGIN_FACTS = `
root last-wins none 1-
metadata error-args none 0- @1.2.0
geoip error-args options 1-1 @1.8.5 | edns-subnet 0-0 @1.9.2
cancel last-wins ignored 0-1 =duration @1.5.0
proxyproto merge options 0-0 @1.14.3 | allow 0- | default 1-1 ~use,ignore,reject,skip | udp_session_tracking 1-2 =duration | tlv_metadata 0-0 @1.15.0
quic first-wins options 0-0 @1.12.2 | max_streams 1-1 =int | max_connections 1-1 =int @1.15.0 | worker_pool_size 1-1 =int
grpc_server first-wins options 0-0 @1.14.0 | max_streams 1-1 =int | max_connections 1-1 =int
https first-wins options 0-0 @1.14.0 | max_connections 1-1 =int | max_streams 1-1 =int @1.15.0
https3 first-wins options 0-0 @1.14.0 | max_streams 1-1 =int | max_connections 1-1 =int @1.14.7
timeouts merge options 0-0 @1.10.1 | read 1-1 | write 1-1 | idle 1-1 | maxtcpqueries 1-1 @1.14.7
multisocket error-args none 0-1 =int @1.12.0
reload first-wins ignored 0-2 =duration @1.1.0
nsid error-once none 0- @1.0.1
bufsize first-wins ignored 0-1 =int @1.6.6
bind merge options 1- | except 1- @1.8.4
debug idempotent none 0-0
trace last-wins options 0-2 | every 1-1 =int | service 1-1 | client_server 0-1 | datadog_analytics_rate 0-1 @1.8.0 | zipkin_max_backlog_size 1-1 =int @1.9.4 | zipkin_max_batch_size 1-1 =int @1.9.4 | zipkin_max_batch_interval 1-1 =duration @1.9.4
ready error-once options 0-1 @1.5.0 | monitor 1-1 ~until-ready,continuously @1.12.2
health last-wins options 0-1 | lameduck 1-1 =duration @1.0.5
pprof error-once options 0-1 | block 0-1 =int @1.5.0
shed error-once none 0-0 @1.14.7
prometheus error-once options 0-1 | runtime_metrics 0-0 @1.14.3 | tls 1-1 @1.14.3
errors error-once options 0-1 | stacktrace 0-0 @1.9.3 | consolidate 2-4 =duration @1.2.6
log chain options 0- | class 1-
dnstap chain options 1- | identity 1-1 @1.9.4 | version 1-1 @1.9.4 | extra 1-1 @1.11.1 | skipverify 0-0 @1.11.0 | tls 2- @1.14.4
local merge options 0-0 answers @1.8.1 | localhost_prefix 1-1 ~on,off @1.14.5
dns64 merge options 0-1 @1.7.0 | prefix 1-1 | translate_all 0-0 | allow_ipv4 0-0 @1.8.7
siit merge options 0-0 @1.15.0 | ipv6_prefix 1-1 | eam 2-2
any idempotent none 0-0 answers @1.5.1
chaos first-wins none 0- answers
loadbalance last-wins options 0- | reload 1-1 =duration @1.10.1 | prefer 0- @1.12.4
tsig error-args options 0- @1.9.4 | secret 2-2 | secrets 1-1 | require 1- | require_opcode 1- @1.14.3
rewrite chain rule 0- | name 2- | type 2-2 | class 2-2 | edns0 0- | ttl 2-3 @1.2.3 | cname 2-3 @1.11.0 | rcode 3-4 @1.11.3
autopath last-wins none 1-
acl chain rules 0- @1.6.4 | allow 0- | block 0- | filter 0- @1.8.2 | drop 0- @1.10.1
cache error-once options 0- | success 1- =int | denial 1- =int | prefetch 1-3 =int | serve_stale 0-5 =duration @1.6.6 | serve_stale_policy 1-1 ~prefer_positive @1.14.7 | servfail 1-1 =duration @1.9.4 | disable 1- @1.9.4 | keepttl 0-0 @1.10.1
header first-wins rules 0- @1.8.5 | query 2- @1.9.4 | response 2- @1.9.4 | set 0- !1.12.4 | clear 0- !1.12.4
dnssec error-once options 0- | key 2- | cache_capacity 1-1 =int
tls last-wins options 0-3 | client_auth 1-1 ~nocert,request,require,verify_if_given,require_and_verify @1.5.1 | keylog 1-1 @1.14.3 | acme 1- @1.14.7 | email 1-1 @1.14.7 | ca 1-1 @1.14.7 | storage 1-1 @1.14.7 | ca_root 1-1 @1.14.7 | resolver 1-1 @1.14.7
minimal idempotent none 0-0 @1.8.4
template chain options 2- answers @1.0.3 | match 1- | var 2- @1.15.0 | expr 1- @1.15.0 | answer 1- | additional 1- | authority 1- | rcode 1-1 | ederror 1-2 =int @1.10.1 | fallthrough 0- | upstream 0- noop @1.0.6
transfer chain options 0- @1.6.5 | to 1- | source 1-1 @1.14.5
dynupdate error-once options 0-1 answers @1.15.0 | file 1-1 | database 1-1 | allow 3- | max_records 1-1 =int | max_bytes 1-1 =int | max_update_records 1-1 =int
hosts error-once inline 0- answers | ttl 1- =int @1.4.0 | no_reverse 0- @1.4.0 | reload 1-1 =duration @1.4.0 | fallthrough 0- | fallthrough_unsupported 0-0 @1.14.7
route53 chain options 0- answers @1.0.5 | aws_access_key 2- | aws_endpoint 1-1 @1.8.7 | credentials 1-2 @1.2.3 | fallthrough 0- @1.2.3 | refresh 1-1 @1.6.2 | upstream 0- noop @1.2.3
azure merge options 0- answers @1.6.2 | subscription 1-1 | tenant 1-1 | client 1-1 | secret 1-1 | environment 1-1 | access 1-1 ~public,private @1.6.8 | fallthrough 0- | refresh 1-1 @1.15.0
clouddns chain options 0- answers @1.6.3 | credentials 1-1 | endpoint 1-1 @1.15.0 | fallthrough 0- | refresh 1-1 @1.15.0 | upstream 0- noop
k8s_external last-wins options 0- answers @1.3.0 | apex 1- | ttl 1- =int | headless 0-0 @1.9.4 | fallthrough 0- @1.11.0
kubernetes error-once options 0- answers | endpoint 1- | tls 3-3 | kubeconfig 1-2 @1.2.3 | apiserver_qps 1-1 @1.14.0 | apiserver_burst 1-1 =int @1.14.0 | apiserver_max_inflight 1-1 =int @1.14.0 | namespaces 1- | namespace_labels 1- @1.5.0 | labels 1- | pods 1-1 ~disabled,insecure,verified | endpoint_pod_names 0-0 | ttl 1- =int | noendpoints 0-0 @1.0.6 | fallthrough 0- | ignore 0- @1.1.3 | multicluster 0- @1.12.2 | zonal 0-0 @1.14.7 | startup_timeout 1- =duration @1.12.3 | upstream 0- !1.7.0 | resyncperiod 0- !1.7.0 | transfer 0- @1.0.6 !1.8.0
file merge options 1- answers | reload 1- =duration @1.2.3 | reload_by_mtime 0-0 @1.14.4 | fallthrough 0- @1.12.2 | upstream 0- noop | no_reload 0- !1.5.0 | transfer 0- !1.8.0
auto last-wins options 0- answers | directory 1-3 | reload 1- =duration @1.2.3 | upstream 0- noop | no_reload 0- !1.5.0 | transfer 0- !1.8.0
secondary chain options 0- answers | transfer 2- | catalog 0- @1.14.5 | fallthrough 0- @1.14.4 | upstream 0- !1.8.0
etcd first-wins options 0- answers | fallthrough 0- | path 1-1 | endpoint 1- | credentials 2-2 @1.4.0 | tls 0-3 | no_apex_fallback 0-0 @1.15.0 | min-lease-ttl 1-1 @1.12.4 | max-lease-ttl 1-1 @1.12.4 | upstream 0- noop | stubzones 0- noop | debug 0- noop
loop error-once none 0-0 @1.2.1
forward chain options 2- answers @1.0.5 | except 1- | force_tcp 0-0 | prefer_udp 0-0 @1.2.0 | expire 1-1 =duration | max_age 1-1 =duration @1.14.3 | max_idle_conns 1-1 =int @1.14.1 | read_timeout 1-1 =duration @1.14.5 | max_fails 1-1 =uint | max_connect_attempts 1-1 =uint @1.13.2 | doh_method 1-1 ~GET,POST @1.14.5 | tls 0-3 | tls_servername 1-1 | policy 1-1 ~random,round_robin,sequential | health_check 1-4 =duration | max_concurrent 1-1 =int @1.6.8 | next 1- @1.11.4 | next_on_nodata 0-0 @1.14.4 | failfast_all_unhealthy_upstreams 0-0 @1.12.1 | failover 1- @1.13.0 | resolver 1- @1.14.4 | source_address 1-1 @1.14.6
grpc error-once options 2- answers @1.5.0 | except 1- | tls 0-3 | tls_servername 1-1 | policy 1-1 ~random,round_robin,sequential | fallthrough 0- @1.12.3
erratic merge options 0- answers | drop 0-1 =int | truncate 0-1 =int | delay 0-2 =int | large 0-0 @1.2.5
whoami idempotent none 0-0 answers
on chain none 2- @1.0.5
sign merge options 1- @1.6.3 | key 2- | directory 1-1
view error-once options 1-1 @1.10.0 | expr 1-
nomad first-wins options 0- answers @1.13.0 | address 1- | filter 1-1 @1.13.2 | token 1-1 | ttl 1-1 =int
startup chain options 0- @1.0.0 !1.1.0 >on
shutdown chain options 0- @1.0.0 !1.1.0 >on
reverse chain options 0- answers @1.0.0 !1.1.4 >template | hostname 0- | ttl 0- | wildcard 0- | fallthrough 0-
proxy chain options 0- answers @1.0.0 !1.5.0 >forward | policy 0- | fail_timeout 0- | max_fails 0- | health_check 0- | except 0- | spray 0- | protocol 0-
federation chain options 0- answers @1.0.0 !1.7.0 | upstream 0- !1.6.3
`;

/** Plugins that stock images don't hold. */
export const EXTERNAL_PLUGINS =
  'alternate fanout unbound records k8s_gateway kubernetai multicluster kubenodes kubeapi k8s_crd k8s_event k8s_cache k8s_dns_chaos kubeforward ocp_dnsnameresolver lighthouse nodecache mdns rrl redisc redis git dump alias finalize gathersrv warnlist recursor gslb ebpf ipecho json mysql pdsql netbox wgsd ens idetcd amazondns gravwell meshname meship ipin demo example docker acme blocklist tailscale consul';
