/**
 * What the pods of the recipes ask. Shell scripts for the image with getent and dig; each ends with a pause, so that what was left
 * unanswered is that for certain, and with one more lookup, so that the capture goes on that long.
 */

/** Lets stragglers end and shows that the capture still runs. */
const closing = 'wait; sleep 2.2; getent ahosts cart >/dev/null';

const everydayRounds = (rounds: string): string => `for round in ${rounds}; do
  getent ahosts cart >/dev/null &
  getent ahosts www.example.com. >/dev/null &
  dig +tries=2 +timeout=3 api.example.org A >/dev/null &
  sleep 0.6
  dig +tries=2 +timeout=3 api.example.org A >/dev/null &
  sleep 0.6
done
${closing}`;

/** A Service, a name outside by glibc, another by dig (A only, twice); six rounds, no lookup waits for another. */
export const everyday = everydayRounds('1 2 3 4 5 6');

/** Half of it, where more vantages see each query. */
export const everydayBriefly = everydayRounds('1 2 3');

/** Forty names, each asked once, so that CoreDNS has to ask its upstream for every one. */
export const manyNames = `for number in $(seq 1 40); do
  dig +tries=1 +timeout=5 host-$number.example.com A >/dev/null &
  sleep 0.25
done
${closing}`;

/** Thirty names at once. */
export const burst = `for number in $(seq 1 30); do
  dig +tries=1 +timeout=4 host-$number.example.com A >/dev/null &
done
${closing}`;

/** An answer of some 700 bytes, asked for without EDNS: cut to 512 bytes over UDP, whole over TCP. */
export const largeAnswers = `for round in $(seq 1 11); do
  dig +noedns +tries=1 +timeout=3 large.example.com TXT >/dev/null &
  sleep 0.3
done
${closing}`;

/** Names that a client waits one second for, and not again. */
export const impatient = `for number in $(seq 1 12); do
  dig +tries=1 +timeout=1 host-$number.example.com A >/dev/null &
  sleep 0.3
done
${closing}`;

/** A and AAAA at once, for three names. */
export const pairs = `for name in cart www.example.com. api.example.org.; do
  getent ahosts $name >/dev/null &
  sleep 0.4
done
${closing}`;

/** A name outside the cluster without its final dot, by glibc. */
export const withoutDot = `for number in $(seq 1 12); do
  getent ahosts www.example.com >/dev/null
  sleep 0.2
done
${closing}`;

/** Two Services, one of them by a name with two letters swapped. */
export const twoNames = `for round in 1 2 3; do
  getent ahosts checkout >/dev/null
  getent ahosts chekcout >/dev/null
  sleep 0.5
done
${closing}`;

/** DNS over TLS from the pod to a server outside. */
export const overTls = `for round in 1 2 3; do
  dig +tls +tries=1 +timeout=4 @10.224.0.92 www.example.com A >/dev/null
done
${closing}`;
