/**
 * Mnemonics as the DNS library of CoreDNS knows them (miekg/dns v1.1.73: StringToType, StringToRcode, StringToClass,
 * StringToOpcode). They are upper case; whether a plugin raises a word first is the plugin's affair.
 * Why not: core/dns/types.ts. It follows the IANA registry, which has types this library lacks and lacks some it has.
 */
export const TYPE_NAMES: ReadonlySet<string> = new Set(
  (
    'A AAAA AFSDB AMTRELAY ANY APL ATMA AVC AXFR CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DLV DNAME DNSKEY DS EID EUI48 ' +
    'EUI64 GID GPOS HINFO HIP HTTPS IPSECKEY ISDN IXFR KEY KX L32 L64 LOC LP MAILA MAILB MB MD MF MG MINFO MR MX NAPTR ' +
    'NID NIMLOC NINFO NS NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXNAME NXT None OPENPGPKEY OPT PTR PX RESINFO RKEY RP ' +
    'RRSIG RT Reserved SIG SMIMEA SOA SPF SRV SSHFP SVCB TA TALINK TKEY TLSA TSIG TXT UID UINFO UNSPEC URI X25 ZONEMD'
  ).split(' '),
);

/** `NOTIMPL` is a second name of `NOTIMP`; `NOERROR` is the one that stands for success. */
export const RCODE_NAMES: ReadonlySet<string> = new Set(
  (
    'NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP NOTIMPL REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE DSOTYPENI ' +
    'BADSIG BADKEY BADTIME BADMODE BADNAME BADALG BADTRUNC BADCOOKIE'
  ).split(' '),
);

export const CLASS_NAMES: ReadonlySet<string> = new Set(['IN', 'CS', 'CH', 'HS', 'NONE', 'ANY']);

export const OPCODE_NAMES: ReadonlySet<string> = new Set(['QUERY', 'IQUERY', 'STATUS', 'NOTIFY', 'UPDATE']);
