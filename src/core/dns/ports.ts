/** Ports that DNS is spoken at, as the registry of service names has them. */

/** RFC 1035 §4.2. */
export const DNS_PORT = 53;
/** DNS over HTTPS shares it with everything else (RFC 8484 §8). */
export const HTTPS_PORT = 443;
/** DNS over TLS and over QUIC (RFC 7858 §3.1, RFC 9250 §4.1.1). */
export const ENCRYPTED_DNS_PORT = 853;
/** RFC 6762 §2. */
export const MDNS_PORT = 5353;
