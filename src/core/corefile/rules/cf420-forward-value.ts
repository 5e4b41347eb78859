import { type Rule, refused } from './rule.ts';

/** An upstream of forward or grpc, or a value beside it, that CoreDNS refuses. */
export const forwardValue: Rule = {
  code: 'CF420',
  title: "forward can't use this upstream",
  *check(context) {
    yield* refused(context, 'CF420');
  },
};
