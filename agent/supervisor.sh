# DNScope capture supervisor: runs one tcpdump and ends it when the reader is gone. Passed as
#   sh -c SUPERVISOR dnscope SNAPLEN BUFFER_KIB TIMEOUT_SECONDS FILTER MARK
# so that no argument is ever part of this text. POSIX sh: busybox ash, dash and bash run it.
#   stdin   a line is a heartbeat; the line "end", the end of stdin, or no line for TIMEOUT_SECONDS ends the capture
#   stdout  pcap
#   stderr  tcpdump's own lines; lines of ours begin with "dnscope: "
# MARK.capture.PID exists while it runs, so that the idle container (idle.sh) stays.
# Why a signal for each event: dash cannot read with a time limit, and a wait for tcpdump must end at once when it dies.
set -u
snaplen=$1 buffer=$2 timeout=$3 filter=$4 mark=$5.capture.$$
tick=2
say() { echo "dnscope: $*" >&2; }

if ! command -v tcpdump >/dev/null 2>&1; then
  say "no-tcpdump"
  exit 127
fi

# Which network namespace this is, as the kernel numbers them; an image without readlink does not say.
netns=$(readlink /proc/self/ns/net 2>/dev/null) && say "netns $netns"

main=$$
quiet=0
ending=0
dump=

finish() {
  [ "$ending" = 0 ] || return 0
  ending=1
  say "ending $1"
  [ -z "$dump" ] || kill -TERM "$dump" 2>/dev/null
}
beat() {
  quiet=0
}
on_tick() {
  quiet=$((quiet + tick))
  if [ "$ending" != 0 ]; then
    # It had its chance: a tcpdump that is stuck in a write to a dead stream does not hear SIGTERM.
    ending=$((ending + 1))
    [ "$ending" -lt 3 ] || kill -KILL "$dump" 2>/dev/null
  elif [ "$quiet" -ge "$timeout" ]; then
    finish "heartbeat-lost"
  else
    # tcpdump answers SIGUSR1 (bit 9 of the mask) with its counters; before it listens for it, the signal would end it.
    caught=
    while read -r key value; do [ "$key" != SigCgt: ] || caught=$value; done 2>/dev/null <"/proc/$dump/status"
    case $caught in *[2367abef]??) kill -USR1 "$dump" 2>/dev/null ;; esac
  fi
}
trap 'finish signal' HUP INT TERM
trap 'finish end-of-input' USR2
trap beat USR1
trap on_tick ALRM
trap '' PIPE

: >"$mark" 2>/dev/null
exec 3<&0
# -Z root: giving up root needs a user that a small image does not have. --immediate-mode: a packet arrives when it is
# seen, not up to a second later; -U: and leaves at once. -n: no look-ups of our own, they would be traced.
tcpdump -i any -n -p -U --immediate-mode -Z root -s "$snaplen" -B "$buffer" -w - "$filter" 3<&- </dev/null &
dump=$!

# Reader: turns lines into signals. It outlives a killed supervisor only until stdin ends, and then takes tcpdump along.
(
  trap - HUP INT TERM USR1 USR2 ALRM PIPE
  while IFS= read -r line <&3; do
    [ "$line" != end ] || break
    kill -USR1 "$main" 2>/dev/null || break
  done
  kill -USR2 "$main" 2>/dev/null || kill -KILL "$dump" 2>/dev/null
) >/dev/null 2>&1 &
reader=$!
# Clock: also the guard of last resort should the supervisor itself be killed.
(
  trap - HUP INT TERM USR1 USR2 ALRM PIPE
  exec 3<&-
  while sleep "$tick"; do
    kill -ALRM "$main" 2>/dev/null || {
      kill -KILL "$dump" "$reader" 2>/dev/null
      exit
    }
  done
) </dev/null >/dev/null 2>&1 &
clock=$!

# A signal to us ends the wait as well, and bash may run its trap a command later: only tcpdump's absence counts.
wait "$dump"
status=$?
while kill -0 "$dump" 2>/dev/null; do
  wait "$dump"
  status=$?
done
trap '' HUP INT TERM USR1 USR2 ALRM
kill -TERM "$clock" "$reader" 2>/dev/null
rm -f "$mark"
if [ "$ending" != 0 ]; then
  say "ended"
  exit 0
fi
say "tcpdump-exit $status"
exit 1
