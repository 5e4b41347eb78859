/**
 * The workload that a pod is of, by the pod's name alone: what its controller appended is taken off. Names of pods that a ReplicaSet makes
 * end in two groups (`web-7d4b9c6f5-x2x5z`), those of DaemonSets and Jobs in one (`node-agent-x2x5z`), those of StatefulSets in a number,
 * those of CronJobs in a number and a group. The groups are drawn from an alphabet without vowels and look-alikes (apimachinery's util/rand
 * SafeEncodeString), so ordinary words at the end of a name stay.
 * Why not ownerReferences: a capture file and its topology don't have them.
 */
const OF_REPLICA_SET = /-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/u;
const OF_CRON_JOB = /-\d{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/u;
const OF_SET = /-(?:\d{1,5}|[bcdfghjklmnpqrstvwxz2456789]{5})$/u;

/** @param pod name of a pod; hostile text */
export function workloadOf(pod: string): string {
  for (const suffix of [OF_REPLICA_SET, OF_CRON_JOB, OF_SET]) {
    const at = pod.search(suffix);
    if (at > 0) return pod.slice(0, at);
  }
  return pod;
}
