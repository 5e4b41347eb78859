# DNScope idle container: waits for captures (each an exec of its own) and ends by itself. Passed as
#   sh -c IDLE dnscope SECONDS END_FILE
# It ends after SECONDS, or within two seconds once END_FILE exists. As the container's first process it must not ignore
# SIGTERM, which the kernel would drop for it otherwise.
set -u
seconds=$1 end=$2
trap 'exit 0' HUP INT TERM
while [ "$seconds" -gt 0 ] && [ ! -e "$end" ]; do
  sleep 2 &
  wait $!
  seconds=$((seconds - 2))
done
exit 0
