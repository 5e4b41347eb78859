/**
 * What each plugin of CoreDNS 1.15.0 may be given, as data for random Corefiles: a line per plugin,
 * `NAME ARGUMENTS | OPTION ARGUMENTS | …`. `<kind>` is a value of that kind, `<a|b>` one of these words; behind it `?` none or one,
 * `*` up to two, `+` one or two. `!` in front: reaches for a disk or a network at start, so it comes seldom.
 * `&` before an option: always written.
 */
const GRAMMAR = `
root <path>
metadata <zone>*
!geoip <path> | edns-subnet
cancel <dur>?
proxyproto | allow <cidr>+ | default <use|ignore|reject|skip> | udp_session_tracking <dur> <int>? | tlv_metadata
quic | max_streams <int> | max_connections <int> | worker_pool_size <int>
grpc_server | max_streams <int> | max_connections <int>
https | max_connections <int> | max_streams <int>
https3 | max_streams <int> | max_connections <int>
timeouts | &read <dur> | write <dur> | idle <dur> | maxtcpqueries <int>
multisocket <small>?
reload <dur>? <dur>?
nsid <word>*
bufsize <bufsize>?
bind <listen>+ | except <listen>+
debug
trace <zipkin|datadog>? <hostport>? | every <int> | service <word> | client_server <bool>? | datadog_analytics_rate <ratio> | zipkin_max_backlog_size <int> | zipkin_max_batch_size <int> | zipkin_max_batch_interval <dur>
ready <listenport>? | monitor <until-ready|continuously>
health <listenport>? | lameduck <dur>
pprof <listenport>? | block <int>?
shed
prometheus <listenport>? | runtime_metrics
errors <stdout>? | stacktrace | consolidate <dur> <regex> <warning|error|info|debug|show_first>? <show_first>?
log <zone>* <format>? | class <success|denial|error|all>+
dnstap <dnstap> <full>? <small>? <small>? | identity <word> | version <word> | extra <format> | skipverify
local | localhost_prefix <on|off>
dns64 <prefix64>? | prefix <prefix64> | translate_all | allow_ipv4
siit | ipv6_prefix <prefix96> | eam <cidr> <cidr6>
any
chaos <word>? <word>*
loadbalance <round_robin>? | prefer <cidr>+
loadbalance weighted <path> | reload <dur>
tsig <zone>* | secret <name> <base64> | require <type>+ | require_opcode <opcode>+
rewrite <continue|stop>? name <exact|prefix|suffix|substring>? <name> <name>
rewrite <continue|stop>? name exact <name> <name> answer auto
rewrite name regex <regex> <name> answer name <regex> <name>
rewrite name suffix <name> <name> answer auto
rewrite type <type> <type>
rewrite class <class> <class>
rewrite ttl <exact|prefix|suffix|substring>? <name> <ttl>
rewrite rcode <exact|prefix|suffix|substring>? <name> <rcode> <rcode>
rewrite cname <exact|prefix|suffix|substring>? <name> <name>
rewrite edns0 <local|nsid> <set|append|replace|unset> <edns> <edns>
rewrite edns0 subnet <set|append|replace> <small> <small>
rewrite <continue|stop> | &name <name> <name> | answer name <regex> <name>
autopath <zone>* <resolv>
acl <zone>* | allow <aclpart>+ | block <aclpart>+ | filter <aclpart>* | drop <aclpart>* | block
cache <ttl>? <zone>* | success <int> <ttl>? <ttl>? | denial <int> <ttl>? <ttl>? | prefetch <int> <dur>? <percent>? | serve_stale <dur>? | serve_stale <dur> <immediate> <dur>? <dur>? | serve_stale <dur> verify <dur>? <dur>? <dur>? | servfail <dur> | disable <success|denial> <zone>* | keepttl
cache | &serve_stale | &serve_stale_policy <prefer_positive>
header | &response <set|clear> <aa|ra|rd>+ | query <set|clear> <aa|ra|rd>+
dnssec <zone>* | cache_capacity <int>
!dnssec <zone>* | key <file> <path>+ | cache_capacity <int>
!tls <path> <path> <path>? | client_auth <nocert|request|require|verify_if_given|require_and_verify> | keylog <path>
!tls | acme <name>+ | email <word> | ca <url> | storage <path> | ca_root <path> | resolver <hostport>
minimal
template <class> <type> <zone>* | match <regex>+ | answer <rr> | additional <rr> | authority <rr> | rcode <rcode> | ederror <small> <word>? | fallthrough <zone>*
template <IN|ANY> <A|ANY|AAAA> <zone>* | var <word> <expr> | expr <expr> | answer <rr>
transfer <zone>* | &to <to>+ | source <ip>
!dynupdate <zone>? | &file <path> | &allow <name> <name> <type>+ | database <path> | max_records <int> | max_bytes <int> | max_update_records <int>
hosts <path>? <zone>* | <ip> <name>+ | ttl <ttl> | no_reverse | reload <dur>
hosts | <ip> <name>+ | <ip> <name> | fallthrough <zone>*
hosts | <ip> <name>+ | fallthrough | fallthrough_unsupported
!route53 <zonecolon>* | aws_access_key <word> <word> | aws_endpoint <url> | credentials <word> <path>? | fallthrough <zone>* | refresh <dur>
!azure <zonecolon>* | subscription <word> | tenant <word> | client <word> | secret <word> | environment <AzurePublicCloud|AzureChinaCloud> | access <public|private> | fallthrough <zone>* | refresh <dur>
!clouddns <zonecolon2>* | credentials <path> | endpoint <url> | fallthrough <zone>* | refresh <dur>
!k8s_external <zone>* | apex <word> | ttl <ttl> | headless | fallthrough <zone>*
kubernetes <zone>* | &endpoint http://127.0.0.1:1 | &startup_timeout 10ms | pods <disabled|insecure|verified> | endpoint_pod_names | ttl <ttl> | noendpoints | fallthrough <zone>* | ignore empty_service | multicluster <zone>* | namespaces <word>+ | labels <labels> | apiserver_qps <small> | apiserver_burst <small> | apiserver_max_inflight <small>
kubernetes <zone>* | &endpoint http://127.0.0.1:1 | &startup_timeout 10ms | namespace_labels <labels>
file <path> <zone>* | reload <dur> | reload_by_mtime | fallthrough <zone>*
auto <zone>* | directory <path> | directory <path> <regex1> <word> | reload <dur>
secondary <zone>* | &transfer from <hostport>+ | catalog <zone>* | fallthrough <zone>*
etcd <zone>* | fallthrough <zone>* | path <path> | endpoint <url>+ | credentials <word> <word> | no_apex_fallback | min-lease-ttl <dur> | max-lease-ttl <dur> | tls
loop
forward <zone> <upstream>+ | except <zone>+ | force_tcp | prefer_udp | expire <dur> | max_age <dur> | max_idle_conns <int> | read_timeout <dur> | max_fails <small> | max_connect_attempts <small> | doh_method <GET|POST> | tls | tls_servername <name> | policy <random|round_robin|sequential> | health_check <dur> <no_rec>? | health_check <dur> domain <name> | max_concurrent <int> | next <rcode>+ | next_on_nodata | failfast_all_unhealthy_upstreams | failover <rcode>+ | resolver <hostport>+ | source_address <ip>
forward <zone> <upstream>+
grpc <zone> <hostport>+ | except <zone>+ | tls | tls_servername <name> | policy <random|round_robin|sequential> | fallthrough <zone>*
erratic | drop <small>? | truncate <small>? | delay <small>? <dur>? | large
whoami
on <startup|shutdown> true <word>?
!sign <path> <zone>* | key <file> <path>+ | directory <path>
view <word> | &expr <expr>
nomad <zone>? | address <url> | token <word> | ttl <ttl> | filter <word>
`;

/** Words of each kind: such as work, and behind the bar such as nearly work. */
const KINDS = `
dur: 5s 30s 1m 500ms 1h 10s 2s 0s | 30 0 -1s 5d 1.5 "" 10m 24h 1h30 100000h 1us
int: 1 5 30 100 1000 9984 | 0 -1 30s x 1.5 99999999999999999999 65536 +5 007 ""
small: 1 2 3 5 | 0 -1 33 129 4096 100000 x 30s 4294967296 1.5
ttl: 5 30 60 300 3600 | 0 -1 30s 65535 65536 4294967296 x 1h
bufsize: 512 1232 4096 | 511 4097 0 -1 1232s x
percent: 10% 50% 90% | 9% 91% 50 % x%
ratio: 0.5 1 0 | 1.5 -1 x 1e-1 50%
bool: true false | yes 1 on
zone: . a.org b.org c.a.org 10.0.0.0/24 in-addr.arpa a.org. | a..b "" 10.0.0.0/33 10.0.0.0/23 *.org a.org: dns://a.org a.org:53 @
name: a.org b.org www.a.org x.b.org. | a..b "" . * A.ORG a_b.org (.*)
word: one v1 x.y "a b" | "" * @ 1 ( )
path: /none/db.a.org db.a.org /etc/hosts zone | "" . /etc /dev/null a\\b
cidr: 10.0.0.0/8 192.0.2.1 2001:db8::/32 0.0.0.0/0 | 10.0.0.0/33 10.0.0 a.org 2001:db8::/129 010.0.0.1 * ""
cidr6: 2001:db8::/32 64:ff9b::/96 2001:db8::1/128 | 10.0.0.0/8 2001:db8::/129 x
prefix64: 64:ff9b::/96 2001:db8::/32 2001:db8::/48 | 64:ff9b::/95 10.0.0.0/8 64:ff9b:: x ::/0
prefix96: 64:ff9b::/96 2001:db8::/96 | 64:ff9b::/64 10.0.0.0/8 x
ip: 127.0.0.1 10.0.0.1 ::1 192.0.2.7 | 127.0.0 a.org 10.0.0.256 ::1%lo 10.0.0.1:53 [::1]
listen: 127.0.0.1 ::1 | lo 127.0.0 eth9 127.0.0.1:53 localhost ""
listenport: :9001 127.0.0.1:9002 localhost:9003 [::1]:9004 | 9005 127.0.0.1 ::1:80 :99999 :http : 80
hostport: 192.0.2.1 192.0.2.1:53 [2001:db8::1]:53 2001:db8::1 | 192.0.2.1: 192.0.2 a.org:53 :53 192.0.2.1:dns [::1] 1.2.3.4:99999 ::1%eth0
upstream: 192.0.2.1 192.0.2.1:53 tls://192.0.2.1 /etc/resolv.conf 2001:db8::1 [2001:db8::1]:5353 https://192.0.2.1 quic://192.0.2.1:853 dns://192.0.2.1 tls://192.0.2.1%a.org | 192.0.2 grpc://192.0.2.1 https://192.0.2.1/dns-query unix:///x tls:// a..b : 192.0.2.1:dns "" TLS://192.0.2.1 192.0.2.1%a.org :53 https3://192.0.2.1 192.0.2.1:99999 []
to: * 192.0.2.1 192.0.2.1:53 | a.org tls://192.0.2.1 /etc/resolv.conf 192.0.2 ""
url: http://127.0.0.1:1 https://192.0.2.1:443 http://a.org | a.org 127.0.0.1:1 :// "" http://[::1 http://a.org:x
dnstap: /run/x.sock tcp://127.0.0.1:1 unix:///run/x.sock tls://127.0.0.1:1 | tcp:// listen tcp://%zz tls://[::1 "" full
format: {common} {combined} "{remote} {name}" "{type}" | "{" {x} "{/a/b}" {}
regex: ^x$ (.*)\\.a\\.org .* "^[a-z]+\\.a\\.org\\.$" (a|b)+ | ( [ *a a{2,1} (?=x) \\ (?P<n>x) a** \\d{1001} [b-a] (?<n>x) \\Q \\pX
regex1: db\\.(.*) (.*)\\.zone | db ( [a (?:x)
type: A AAAA ANY MX SRV TXT PTR HTTPS | a aaaa NOPE TYPE65 * IXFR AXFR "" None
class: IN CH ANY HS | in INX * "" 1
rcode: NXDOMAIN SERVFAIL REFUSED NOERROR | nxdomain NOPE 3 noerror "" NOTIMPL
opcode: QUERY NOTIFY UPDATE all none | query NOPE 0
base64: c2VjcmV0c2VjcmV0 dGVzdA== | !!! x ""
aclpart: net type
edns: 0xffee 0xabcdef "{qname}" a 65001 | 0xzz 0x "" x {x
rr: "{{ .Name }} 60 IN A 192.0.2.1" "a.org. 60 IN TXT x" "{{ .Name }} 60 IN AAAA ::1" | "{{ .Name" "{{ .Nope }}" "{{ if }}" "" "{{ end }}"
expr: true "type() == 'A'" "name() startsWith 'a'" "incidr(client_ip(), '127.0.0.0/8')" | "1 +" nope() 5 "" "'a'" "type() ==" "client_ip()"
labels: app=x "a in (b,c)" a!=b | "a in" = "a b" "a=b=c"
resolv: /etc/resolv.conf @kubernetes @erratic | @whoami @nope /none "" @ resolv
stdout: stdout | stderr /x
full: full | half
prefer_positive: prefer_positive PREFER_POSITIVE | positive
immediate: immediate IMMEDIATE | at_once
show_first: show_first | first
no_rec: no_rec | rec
file: file | directory x
round_robin: round_robin | random weighted
zonecolon: a.org:b rg:a.org a.org:Z1 | a.org : a: :b a:b:c
zonecolon2: a.org:p:z b.org:p:z | a.org a:b :: a:b:c:d
`;

export interface ValueKind {
  readonly good: readonly string[];
  readonly near: readonly string[];
}

export const VALUE_KINDS: ReadonlyMap<string, ValueKind> = new Map(
  KINDS.trim()
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(': ');
      const [good = '', near = ''] = line.slice(colon + 2).split(/ \| /u);
      return [line.slice(0, colon), { good: words(good), near: words(near) }] as const;
    }),
);

function words(text: string): readonly string[] {
  return text.match(/"[^"]*"|\S+/gu) ?? [];
}

export interface PluginGrammar {
  readonly name: string;
  readonly reachesOut: boolean;
  readonly head: readonly string[];
  readonly options: readonly { readonly words: readonly string[]; readonly always: boolean }[];
}

export const PLUGIN_GRAMMARS: readonly PluginGrammar[] = GRAMMAR.trim()
  .split('\n')
  .map((line) => {
    const [head = '', ...options] = line.split(/ \| /u);
    const [name = '', ...rest] = head.replace(/^!/u, '').split(' ');
    return {
      name,
      reachesOut: head.startsWith('!'),
      head: rest,
      options: options.map((option) => ({
        words: option.replace(/^&/u, '').split(' '),
        always: option.startsWith('&'),
      })),
    };
  });
