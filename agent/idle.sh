# DNScope idle container: waits for captures (each an exec of its own) and ends by itself. Passed as
#   sh -c IDLE dnscope SECONDS LEASE_FILE
# It ends after SECONDS. A number written to LEASE_FILE is the seconds left from then on: 0 ends it within a second or two.
# It stays while a capture runs in it: two traces may share it, and the one that stops must not end the other's.
# The trap matters: as the container's first process it would not hear SIGTERM otherwise.
set -u
seconds=$1 lease=$2
trap 'exit 0' HUP INT TERM
busy() {
  for mark in "$lease".capture.*; do
    kill -0 "${mark##*.}" 2>/dev/null && return 0
  done
  return 1
}
while [ "$seconds" -gt 0 ] || busy; do
  if [ -e "$lease" ]; then
    left=0
    read -r left <"$lease"
    rm -f "$lease"
    case $left in '' | *[!0-9]*) left=0 ;; esac
    seconds=$left
  else
    sleep 1 &
    wait $!
    seconds=$((seconds - 1))
  fi
done
exit 0
