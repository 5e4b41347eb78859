/**
 * What each plugin and option does, in our own words; read by ../language/pluginWords.ts. A line per plugin:
 * `NAME ; ARGUMENTS ; what it does`, below it a line per option: ` NAME ; ARGUMENTS ; default ; what it does`.
 * In ARGUMENTS a capital word is a value to fill in, a lower-case word stands as it is, `a|b` is a choice, `[…]` may be
 * left out, `…` behind a word means one or more. Releases stand in pluginFacts.ts and are not said again here.
 */
export const PLUGIN_WORDS = `
root ; PATH ; Directory that relative file names of the other plugins start from.
metadata ; [ZONES…] ; Collects labels about each query (from kubernetes, geoip, view and others) that log, rewrite and template can use.
geoip ; DBFILE ; Looks up where the client's address belongs in a MaxMind database and publishes it as metadata.
 edns-subnet ; ; ; Takes the address of the EDNS client subnet when the query has one.
cancel ; [TIMEOUT] ; Gives up on a query after this time; without TIMEOUT 5001ms.
proxyproto ; ; Reads PROXY protocol headers of a load balancer, so that the client's real address is known. Without allow, anybody's header is believed.
 allow ; CIDR… ; ; Networks whose headers are believed.
 default ; use|ignore|reject|skip ; ignore ; What happens with senders outside allow.
 udp_session_tracking ; DURATION [MAX_SESSIONS] ; MAX_SESSIONS 10240 ; Remembers the client of a UDP datagram that held only a header.
 tlv_metadata ; ; ; Publishes the header's extra fields as metadata.
quic ; ; Limits of a quic:// listener.
 max_streams ; NUMBER ; 256 ; Streams open at once on a connection.
 max_connections ; NUMBER ; 200 ; Connections open at once; 0 means no limit.
 worker_pool_size ; NUMBER ; 1024 ; Workers that all connections share.
grpc_server ; ; Limits of a grpc:// listener.
 max_streams ; NUMBER ; 256 ; Streams open at once on a connection; 0 means no limit.
 max_connections ; NUMBER ; 200 ; Connections open at once; 0 means no limit.
https ; ; Limits of an https:// (DNS over HTTPS) listener.
 max_connections ; NUMBER ; 200 ; Connections open at once; 0 means no limit.
 max_streams ; NUMBER ; 250 ; HTTP/2 streams open at once on a connection. Blocks that share a listener need the same number.
https3 ; ; Limits of an https3:// (DNS over HTTP/3) listener.
 max_streams ; NUMBER ; 256 ; Streams open at once on a connection.
 max_connections ; NUMBER ; 200 ; Connections open at once; 0 means no limit.
timeouts ; ; How long TCP, TLS, HTTPS and QUIC clients may take. A bare number counts as seconds.
 read ; DURATION ; ; Longest wait for a whole query.
 write ; DURATION ; ; Longest time to send an answer.
 idle ; DURATION ; ; How long a connection without queries stays open.
 maxtcpqueries ; COUNT ; -1 ; Queries served on one connection before it is closed; -1 means no limit.
multisocket ; [NUM_SOCKETS] ; Listens on one port with several sockets, to use more processors. Without a number: as many as Go uses processors.
reload ; [INTERVAL] [JITTER] ; Looks every INTERVAL (30s) whether the Corefile or an imported file has changed, and takes the new one over without a break. One block is enough for the whole process. A file that CoreDNS refuses leaves the old one running.
nsid ; [DATA…] ; Names this server in answers to queries that ask for it; without DATA by its host name.
bufsize ; [SIZE] ; Lowers the UDP size that clients offer, to keep answers from being cut into fragments; 1232 without SIZE.
bind ; ADDRESS|INTERFACE… ; Listens only on these addresses or interfaces. The port belongs to the server key.
 except ; ADDRESS|INTERFACE… ; ; Leaves these addresses out.
debug ; ; Writes debug lines, and lets a panic end the process instead of catching it. Not for production.
trace ; [zipkin|datadog] [ENDPOINT] ; Sends a span for each query to Zipkin (localhost:9411) or Datadog (localhost:8126).
 every ; AMOUNT ; 1 ; Traces one of so many queries.
 service ; NAME ; coredns ; Name of the service in the spans.
 client_server ; [true|false] ; ; Lets client and server share a span.
 datadog_analytics_rate ; RATE ; ; Share of the spans that Datadog analyses.
 zipkin_max_backlog_size ; SIZE ; 1000 ; Spans kept before the oldest are dropped.
 zipkin_max_batch_size ; SIZE ; 100 ; Spans sent at once.
 zipkin_max_batch_interval ; DURATION ; 1s ; Longest wait before spans are sent.
ready ; [ADDRESS] ; Serves /ready (:8181 without ADDRESS): 200 once every plugin that has to prepare, such as kubernetes, is done. Meant for the readiness probe.
 monitor ; until-ready|continuously ; until-ready ; Whether a plugin that was ready once is asked again.
health ; [ADDRESS] ; Serves /health (:8080 without ADDRESS) as long as the process lives. Meant for the liveness probe; one block is enough.
 lameduck ; DURATION ; 0s ; Goes on answering for this long after the order to stop, so that nothing is lost while endpoints change.
pprof ; [ADDRESS] ; Serves Go profiles under /debug/pprof (localhost:6053 without ADDRESS).
 block ; [RATE] ; 1 ; Rate of the blocking profile.
shed ; ; Drops the oldest waiting UDP answers when the server can't keep up. Only for blocks of plain DNS.
prometheus ; [ADDRESS] ; Serves metrics on /metrics. Only blocks that name it are counted. Without ADDRESS it listens on localhost:9153, out of a scraper's reach; in a cluster write :9153.
 runtime_metrics ; ; ; Adds all metrics of the Go runtime.
 tls ; CONFIG_FILE ; ; Serves the metrics over TLS as this file says.
errors ; [stdout] ; Logs what went wrong while a query was answered, such as an upstream that gives no answer.
 stacktrace ; ; ; Adds the stack when a panic is caught.
 consolidate ; DURATION REGEXP [LEVEL] [show_first] ; LEVEL error ; Writes one line with a count for all errors of DURATION that match.
log ; [NAMES…] [FORMAT] ; Logs every query, or those for NAMES. It costs speed on a busy server: switch it off after the search.
 class ; success|denial|error|all… ; all ; Kinds of answers that are logged.
dnstap ; [listen] SOCKET [full] [WRITEBUFFER] [QUEUE] ; Sends a copy of each query and answer to a socket; full adds the wire form.
 identity ; IDENTITY ; the host name ; Name of this server in the copies.
 version ; VERSION ; CoreDNS and its release ; Version in the copies.
 extra ; EXTRA ; ; A further field; may hold metadata labels.
 skipverify ; ; ; Doesn't check the collector's certificate.
 tls ; CERT KEY [CA] ; ; Certificate to serve with, for listen.
local ; ; Answers localhost and its reverse names here, so that they never leave for an upstream.
 localhost_prefix ; on|off ; on ; Whether localhost.DOMAIN is answered too.
dns64 ; [PREFIX] ; Makes IPv6 addresses from IPv4 ones for clients that only have IPv6. With PREFIX on the first line the block is not read.
 prefix ; PREFIX ; 64:ff9b::/96 ; Network that the made addresses lie in.
 translate_all ; ; ; Also for names that have IPv6 addresses of their own.
 allow_ipv4 ; ; ; Also for queries that came over IPv4.
siit ; ; Makes IPv4 addresses from IPv6 ones (stateless translation).
 ipv6_prefix ; PREFIX ; 64:ff9b::/96 ; Network whose addresses are translated.
 eam ; IPV4 IPV6 ; ; A pair of addresses that belong together.
any ; ; Answers ANY queries with a short HINFO record instead of everything there is.
chaos ; [VERSION] [AUTHORS…] ; Answers version.bind and the like. Without VERSION it tells the true release.
loadbalance ; [round_robin|weighted] [WEIGHTFILE] ; Changes the order of addresses in each answer, so that clients spread over them.
 reload ; DURATION ; 30s ; How often WEIGHTFILE is read again.
 prefer ; CIDR… ; ; Puts addresses of these networks first.
tsig ; [ZONES…] ; Checks signed queries and signs their answers.
 secret ; NAME KEY ; ; A key by name, in base64.
 secrets ; FILE ; ; File of keys, in the form of named.conf.
 require ; all|none|QTYPE… ; none ; Types of queries that have to be signed.
 require_opcode ; all|none|OPCODE… ; none ; Operations that have to be signed.
rewrite ; [continue|stop] FIELD FROM TO ; Changes a query before other plugins see it: its name, type, class or EDNS options; and answers on their way back. After a match later rules are not tried, unless continue is said. The lines of a block together are one rule.
 name ; [exact|prefix|suffix|substring|regex] FROM TO [answer auto] ; exact ; Asks for another name. Forms other than exact need answer auto (or answer name) to put the old name back into the answer.
 type ; FROM TO ; ; Asks for another type.
 class ; FROM TO ; ; Asks in another class.
 edns0 ; local|nsid|subnet set|append|replace|unset [ARGS…] ; ; Changes EDNS options of the query.
 ttl ; [exact|prefix|suffix|substring|regex] FROM SECONDS ; exact ; Sets the TTL of answers for these names, or keeps it between MIN-MAX.
 cname ; [exact|prefix|suffix|substring|regex] FROM TO ; exact ; Replaces the target of a CNAME and looks the new one up.
 rcode ; [exact|prefix|suffix|substring|regex] FROM OLD NEW ; exact ; Replaces the response code of answers for these names.
autopath ; [ZONES…] RESOLV-CONF|@kubernetes ; Walks the client's search path here and answers at the first try. @kubernetes needs pods verified, otherwise it does nothing.
acl ; [ZONES…] ; Decides by the client's address and the query's type. The first rule that matches counts; what none matches is allowed.
 allow ; [type QTYPE…] [net SOURCE…] ; ; Lets the query through.
 block ; [type QTYPE…] [net SOURCE…] ; ; Answers REFUSED.
 filter ; [type QTYPE…] [net SOURCE…] ; ; Answers NOERROR without records.
 drop ; [type QTYPE…] [net SOURCE…] ; ; Gives no answer; the client waits.
cache ; [TTL] [ZONES…] ; Keeps answers, for at most TTL seconds (3600 without it; 1800 where the name or type doesn't exist). TTL is a bare number: 30s would be read as a zone. It never makes an answer live longer than its own TTL, except in stale answers.
 success ; CAPACITY [TTL] [MINTTL] ; 9984 3600 5 ; Answers with records: how many are kept, and for how many seconds at most and at least.
 denial ; CAPACITY [TTL] [MINTTL] ; 9984 1800 5 ; Answers that say no: how many are kept, and for how many seconds at most and at least.
 prefetch ; AMOUNT [DURATION] [PERCENTAGE%] ; 1m 10% ; Fetches an answer again shortly before it ends, if it was asked for AMOUNT times with less than DURATION between.
 serve_stale ; [DURATION] [immediate|verify] [TIMEOUT] ; 1h immediate ; Goes on with answers past their end, for up to DURATION, while fresh ones can't be had. verify asks the source first.
 serve_stale_policy ; prefer_positive ; ; Rather gives a stale answer with records than a kept one that says no.
 servfail ; DURATION ; 5s ; How long a SERVFAIL is kept; 0 switches that off, 5m is the most.
 disable ; success|denial [ZONES…] ; ; Keeps no answers of this kind, for these zones or for all.
 keepttl ; ; ; Hands out the TTL as it came, instead of what is left of it.
header ; ; Sets or clears the flags aa, ra and rd.
 query ; set|clear FLAG… ; ; Changes the query before it is handled.
 response ; set|clear FLAG… ; ; Changes the answer.
 set ; FLAG… ; ; Sets flags of the answer; older form.
 clear ; FLAG… ; ; Clears flags of the answer; older form.
dnssec ; [ZONES…] ; Signs answers as they leave, with NSEC black lies.
 key ; file|aws_secretsmanager KEY… ; ; Keys to sign with.
 cache_capacity ; CAPACITY ; 10000 ; How many signatures are kept.
tls ; [CERT KEY] [CA] ; Certificate of the tls://, https://, grpc://, quic:// and https3:// listeners, from files or by ACME.
 client_auth ; nocert|request|require|verify_if_given|require_and_verify ; nocert ; Whether clients have to show a certificate.
 keylog ; FILE ; ; Writes the session secrets, to decrypt captures. Anybody who reads the file can.
 acme ; DOMAIN… ; ; Gets the certificate by ACME, proved over DNS.
 email ; EMAIL ; ; Contact that the ACME server is told.
 ca ; URL ; Let's Encrypt ; Directory of the ACME server.
 storage ; DIRECTORY ; .coredns/acme ; Where the account and certificates are kept.
 ca_root ; FILE ; ; Root certificate of a private ACME server.
 resolver ; HOST:PORT ; ; Resolver to find the ACME server with.
minimal ; ; Leaves the authority and additional sections out where nobody needs them.
template ; CLASS TYPE [ZONES…] ; Makes answers from Go templates for names that match. CLASS and TYPE are upper case; names are lower case and end with a dot.
 match ; REGEX… ; .* ; Names that are answered; groups of the first pattern that fits can be used in templates.
 var ; NAME EXPRESSION ; ; A value computed for each query, used as .Var.NAME.
 expr ; EXPRESSION ; ; A further condition.
 answer ; RECORD… ; ; Template of a record in the answer.
 additional ; RECORD… ; ; Template of a record in the additional section.
 authority ; RECORD… ; ; Template of a record in the authority section; a SOA lets the absence of a name be kept.
 rcode ; CODE ; NOERROR ; Response code, upper case.
 ederror ; CODE [REASON] ; ; Extended error that says why.
 fallthrough ; [ZONES…] ; ; Passes names that no pattern fits to the next plugin. Without it they get SERVFAIL.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
transfer ; [ZONES…] ; Hands whole zones out to secondaries and tells them of changes.
 to ; ADDRESS|*… ; ; Who may have the zone; addresses are notified as well.
 source ; IP ; ; Address that notifications come from.
dynupdate ; [ZONE] ; A zone that signed clients may change (RFC 2136).
 file ; DBFILE ; ; Zone file to begin with.
 database ; PATH ; ; File that keeps changes over a restart.
 allow ; KEY NAME TYPE… ; ; Which key may change which names and types.
 max_records ; COUNT ; 10000 ; Most records in the zone.
 max_bytes ; BYTES ; 8388608 ; Most bytes in the zone.
 max_update_records ; COUNT ; 1024 ; Most records in one change.
hosts ; [FILE] [ZONES…] ; Answers addresses from a hosts file (/etc/hosts without FILE) and from lines in its block. A name that is listed only for IPv4 gets an empty answer for IPv6.
 ttl ; SECONDS ; 3600 ; TTL of the answers.
 no_reverse ; ; ; Makes no reverse names from the lines of the block.
 reload ; DURATION ; 5s ; How often FILE is read again; 0 never.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin. Without it they end here in NXDOMAIN or an empty answer. Lines of addresses have to stand above it.
 fallthrough_unsupported ; ; ; Passes other types of known names on as well.
route53 ; ZONE:HOSTED_ZONE_ID… ; Serves zones of AWS Route 53.
 aws_access_key ; KEY_ID SECRET ; ; Key to log in with; it is readable to all who read this file.
 aws_endpoint ; ENDPOINT ; ; Address of the API.
 credentials ; PROFILE [FILENAME] ; ; Profile of a shared credentials file.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 refresh ; DURATION ; 1m ; How often the zones are fetched.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
azure ; RESOURCE_GROUP:ZONE… ; Serves zones of Azure DNS, public or private.
 subscription ; SUBSCRIPTION_ID ; ; Subscription the zones belong to.
 tenant ; TENANT_ID ; ; Tenant to log in to.
 client ; CLIENT_ID ; ; Application to log in as.
 secret ; CLIENT_SECRET ; ; Its secret; it is readable to all who read this file.
 environment ; ENVIRONMENT ; AZUREPUBLICCLOUD ; Name of the Azure cloud.
 access ; public|private ; public ; Kind of the zones.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 refresh ; DURATION ; 1m ; How often the zones are fetched.
clouddns ; ZONE:PROJECT_ID:HOSTED_ZONE_NAME… ; Serves zones of Google Cloud DNS.
 credentials ; FILENAME ; ; File to log in with.
 endpoint ; ENDPOINT ; ; Address of the API.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 refresh ; DURATION ; 1m ; How often the zones are fetched.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
k8s_external ; [ZONES…] ; Answers Services by their load balancer and external addresses, in a zone for the outside. Needs kubernetes in the same block.
 apex ; LABEL ; dns ; Label of the name server's own records.
 ttl ; SECONDS ; 5 ; TTL of the answers.
 headless ; ; ; Answers headless Services with external addresses too.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
kubernetes ; [ZONES…] ; Answers the names of Services, endpoints and pods in ZONES (those of the block without any), from what the API server says.
 endpoint ; URL ; ; API server to ask, from outside the cluster.
 tls ; CERT KEY CACERT ; ; Certificates for endpoint.
 kubeconfig ; FILE [CONTEXT] ; ; Kubeconfig to connect with.
 apiserver_qps ; QPS ; ; Most requests a second to the API server.
 apiserver_burst ; BURST ; ; Requests that may come at once above that.
 apiserver_max_inflight ; MAX ; ; Most requests waiting at a time.
 namespaces ; NAMESPACE… ; all ; Only these namespaces; names of others don't exist then.
 namespace_labels ; EXPRESSION ; ; Only namespaces with these labels.
 labels ; EXPRESSION ; ; Only objects with these labels.
 pods ; disabled|insecure|verified ; disabled ; Names such as 10-0-0-1.NAMESPACE.pod: not answered, answered without a look, or only if such a pod exists. verified watches all pods, which costs memory.
 endpoint_pod_names ; ; ; Names endpoints by their pod, where they have no host name.
 ttl ; SECONDS ; 5 ; TTL of the answers, 0 to 3600.
 noendpoints ; ; ; Doesn't watch endpoints: headless Services have no names then.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin. For a cluster's reverse zones: fallthrough in-addr.arpa ip6.arpa.
 ignore ; empty_service ; ; Services without a ready endpoint don't exist.
 multicluster ; [ZONES…] ; ; Zones that hold Services of several clusters.
 zonal ; ; ; Names endpoints of headless Services by availability zone too.
 startup_timeout ; DURATION ; 5s ; How long a start waits for the first answer of the API server.
 upstream ; [ADDRESS…] ; ; Resolver for external names; does nothing any more.
 resyncperiod ; DURATION ; ; Does nothing any more.
 transfer ; to ADDRESS… ; ; Zone transfers; now the plugin transfer.
file ; DBFILE [ZONES…] ; Serves a zone file. A file that is missing only leaves a warning in the log.
 reload ; DURATION ; 1m ; How often the file is looked at; 0 never. It is taken over when the SOA's serial has changed.
 reload_by_mtime ; ; ; Takes the file over when its time has changed, whatever its serial.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
 no_reload ; ; ; Never reads the file again; now reload 0.
 transfer ; to|from ADDRESS… ; ; Zone transfers; now the plugin transfer.
auto ; [ZONES…] ; Serves all zone files of a directory and looks for new ones.
 directory ; DIR [REGEXP TEMPLATE] ; db\\.(.*) {1} ; Where the files are, and how a file's name gives its zone.
 reload ; DURATION ; 1m ; How often the directory is looked at; 0 never.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
 no_reload ; ; ; Never looks again; now reload 0.
 transfer ; to ADDRESS… ; ; Zone transfers; now the plugin transfer.
secondary ; [ZONES…] ; Serves zones that it fetches from a primary, and keeps only in memory.
 transfer ; from ADDRESS… ; ; Primaries to fetch the zone from; needed.
 catalog ; [MEMBER-ZONES…] ; ; The zone lists other zones, which are fetched too (RFC 9432).
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
etcd ; [ZONES…] ; Serves records that stand in etcd, in the form of SkyDNS.
 fallthrough ; [ZONES…] ; ; Passes names it doesn't know to the next plugin.
 path ; PATH ; skydns ; Where the records stand in etcd.
 endpoint ; URL… ; http://localhost:2379 ; Servers of etcd.
 credentials ; USER PASSWORD ; ; Login; it is readable to all who read this file.
 tls ; [CERT KEY] [CA] ; ; TLS towards etcd.
 no_apex_fallback ; ; ; Doesn't look the whole zone up for the zone's own name.
 min-lease-ttl ; DURATION ; 30s ; Least TTL taken from a lease.
 max-lease-ttl ; DURATION ; 24h ; Greatest TTL taken from a lease.
 upstream ; [ADDRESS…] ; ; Does nothing any more.
 stubzones ; ; ; Does nothing any more.
 debug ; ; ; Does nothing any more.
loop ; ; Sends itself a query at the start and ends the process when it comes back: forwarding to a resolver that forwards here would never end.
forward ; FROM TO… ; Sends queries for names in FROM (. is every name) to other resolvers: addresses, or a file like /etc/resolv.conf. With several stanzas the first whose FROM fits is taken, not the longest. tls:// and https:// upstreams are possible.
 except ; ZONES… ; ; Names in these zones are not forwarded.
 force_tcp ; ; ; Always asks over TCP.
 prefer_udp ; ; ; Asks over UDP first, even for clients that came over TCP.
 expire ; DURATION ; 10s ; How long a connection without queries is kept.
 max_age ; DURATION ; 0 ; How long a connection is kept at all; 0 means no limit.
 max_idle_conns ; NUMBER ; 0 ; Connections without queries kept to one upstream; 0 means no limit.
 read_timeout ; DURATION ; 2s ; How long to wait for one answer of an upstream.
 max_fails ; NUMBER ; 2 ; Failed health checks after which an upstream counts as down. 0: it never does, and is not checked.
 max_connect_attempts ; NUMBER ; twice the upstreams ; Attempts to connect for one query; 0 means no limit.
 doh_method ; GET|POST ; POST ; HTTP method towards https:// upstreams.
 tls ; [CERT KEY] [CA] ; ; Certificates towards tls:// upstreams.
 tls_servername ; NAME ; ; Name that the certificate of tls:// upstreams must hold; needed where they are written as addresses.
 policy ; random|round_robin|sequential ; random ; Which of several upstreams is asked: any, each in turn, or the first one that is up.
 health_check ; DURATION [no_rec] [domain NAME] ; 500ms ; How often an upstream that failed is tried again; no_rec asks without recursion, domain another name than the root.
 max_concurrent ; NUMBER ; 0 ; Most queries waiting for upstreams; further ones get REFUSED. 0 means no limit; each one takes about 2 kB.
 next ; RCODE… ; ; After these response codes the next forward stanza is asked.
 next_on_nodata ; ; ; After an answer without records the next forward stanza is asked.
 failfast_all_unhealthy_upstreams ; ; ; Answers SERVFAIL at once while all upstreams are down, instead of trying one all the same.
 failover ; RCODE… ; ; After these response codes the next upstream is asked.
 resolver ; IP[:PORT]… ; ; Resolver that finds the upstreams written as host names, at the start.
 source_address ; IP ; ; Address that queries to the upstreams come from.
grpc ; FROM TO… ; Sends queries for names in FROM to other servers over gRPC.
 except ; ZONES… ; ; Names in these zones are not forwarded.
 tls ; [CERT KEY] [CA] ; ; Certificates towards the upstreams.
 tls_servername ; NAME ; ; Name that the upstreams' certificate must hold.
 policy ; random|round_robin|sequential ; random ; Which of several upstreams is asked.
 fallthrough ; [ZONES…] ; ; Passes names that the upstreams don't know to the next plugin.
erratic ; ; Answers badly on purpose, for tests of clients. Not for production.
 drop ; [AMOUNT] ; 2 ; Gives no answer to one query of AMOUNT.
 truncate ; [AMOUNT] ; 2 ; Truncates one answer of AMOUNT.
 delay ; [AMOUNT] [DURATION] ; 2 100ms ; Delays one answer of AMOUNT.
 large ; ; ; Makes answers big.
whoami ; ; Answers with the client's own address, port and transport.
on ; startup|shutdown COMMAND [ARGS…] ; Runs a program when the process starts or ends.
sign ; DBFILE [ZONES…] ; Signs a zone file and writes the signed one to disk.
 key ; file KEY… ; ; Keys to sign with.
 directory ; DIR ; /var/lib/coredns ; Where the signed zones are written.
view ; NAME ; Uses this block only for queries that fulfil its conditions. A block without view for the same zone comes last.
 expr ; EXPRESSION ; ; A condition; all have to hold. Texts in it stand in single quotes.
nomad ; [ZONE] ; Answers the names of Nomad services (in service.nomad without ZONE).
 address ; URL… ; http://127.0.0.1:4646 ; Nomad agents to ask.
 filter ; FILTER ; ; Only services that fit.
 token ; TOKEN ; ; Token to ask with; it is readable to all who read this file.
 ttl ; SECONDS ; 30 ; TTL of the answers.
startup ; COMMAND ; Ran a program at the start.
shutdown ; COMMAND ; Ran a program at the end.
reverse ; NETWORK… ; Made reverse and forward names from patterns.
proxy ; FROM TO… ; Sent queries to other resolvers.
federation ; [ZONES…] ; Answered names of Kubernetes federation, version 1.
`;

/** Lines and blocks to fill in, three columns: plugin, what tells it apart, snippet in VS Code's form. */
export const PLUGIN_TEMPLATES = `
forward ; with limit ; forward \${1:.} \${2:/etc/resolv.conf} {\\n\\tmax_concurrent \${3:1000}\\n}
forward ; stub zone ; forward \${1:example.org} \${2:192.0.2.53}
forward ; over TLS ; forward \${1:.} tls://\${2:192.0.2.53} {\\n\\ttls_servername \${3:dns.example.org}\\n}
cache ; with limits ; cache \${1:30} {\\n\\tsuccess \${2:9984} \${3:30}\\n\\tdenial \${4:9984} \${5:5}\\n}
kubernetes ; cluster zone ; kubernetes \${1:cluster.local} in-addr.arpa ip6.arpa {\\n\\tpods \${2|insecure,verified,disabled|}\\n\\tfallthrough in-addr.arpa ip6.arpa\\n\\tttl \${3:30}\\n}
hosts ; names of your own ; hosts {\\n\\t\${1:192.0.2.1} \${2:name.example.org}\\n\\tfallthrough\\n}
rewrite ; another name ; rewrite name \${1:old.example.org} \${2:new.example.org}
rewrite ; a whole zone ; rewrite name suffix \${1:.old.example.org} \${2:.new.example.org} answer auto
template ; one address ; template IN A \${1:example.org} {\\n\\tmatch "\${2:^host\\\\.example\\\\.org\\\\.$}"\\n\\tanswer "{{ .Name }} 60 IN A \${3:192.0.2.1}"\\n\\tfallthrough\\n}
template ; no such name ; template ANY ANY \${1:example.org} {\\n\\trcode NXDOMAIN\\n}
health ; with lameduck ; health {\\n\\tlameduck \${1:5s}\\n}
errors ; one line for many ; errors {\\n\\tconsolidate \${1:5m} "\${2:.*}" \${3|error,warning,info|}\\n}
log ; failures only ; log {\\n\\tclass error\\n}
acl ; only these clients ; acl {\\n\\tallow net \${1:10.0.0.0/8}\\n\\tblock\\n}
secondary ; from a primary ; secondary \${1:example.org} {\\n\\ttransfer from \${2:192.0.2.53}\\n}
prometheus ; for scraping ; prometheus :\${1:9153}
`;
