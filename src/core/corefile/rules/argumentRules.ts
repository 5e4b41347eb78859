import { cacheDuration } from './cf401-cache-duration.ts';
import { cacheCapacity } from './cf402-cache-capacity.ts';
import { hostsAfterFallthrough } from './cf403-hosts-after-fallthrough.ts';
import { hostsLine } from './cf404-hosts-line.ts';
import { hostsFallthrough } from './cf405-hosts-fallthrough.ts';
import { hostsAddress } from './cf406-hosts-address.ts';
import { logFormatAlone } from './cf407-log-format-alone.ts';
import { logFormatUnquoted } from './cf408-log-format-unquoted.ts';
import { templateFallthrough } from './cf409-template-fallthrough.ts';
import { namePattern } from './cf410-name-pattern.ts';
import { capitals } from './cf411-capitals.ts';
import { rewriteAnswer } from './cf412-rewrite-answer.ts';
import { rewriteAnswerPlace } from './cf413-rewrite-answer-place.ts';
import { rewriteBlock } from './cf414-rewrite-block.ts';
import { rewriteOtherBlock } from './cf415-rewrite-other-block.ts';
import { rewriteUnreachable } from './cf416-rewrite-unreachable.ts';
import { forwardCovered } from './cf417-forward-covered.ts';
import { forwardNarrow } from './cf418-forward-narrow.ts';
import { forwardTls } from './cf419-forward-tls.ts';
import { forwardValue } from './cf420-forward-value.ts';
import { forwardHostName } from './cf421-forward-host-name.ts';
import { upstreamPort } from './cf422-upstream-port.ts';
import { aclOrder } from './cf423-acl-order.ts';
import { listenAddress } from './cf424-listen-address.ts';
import { bufferSize } from './cf425-bufsize.ts';
import { kubernetesTtl } from './cf426-kubernetes-ttl.ts';
import { refusedCombination } from './cf427-combination.ts';
import { fakeAnswers } from './cf428-fake-answers.ts';
import { notCompiled } from './cf429-not-compiled.ts';
import type { Rule } from './rule.ts';

/** Arguments of single plugins: CF4xx. */
export const argumentRules: readonly Rule[] = [
  cacheDuration,
  cacheCapacity,
  hostsAfterFallthrough,
  hostsLine,
  hostsFallthrough,
  hostsAddress,
  logFormatAlone,
  logFormatUnquoted,
  templateFallthrough,
  namePattern,
  capitals,
  rewriteAnswer,
  rewriteAnswerPlace,
  rewriteBlock,
  rewriteOtherBlock,
  rewriteUnreachable,
  forwardCovered,
  forwardNarrow,
  forwardTls,
  forwardValue,
  forwardHostName,
  upstreamPort,
  aclOrder,
  listenAddress,
  bufferSize,
  kubernetesTtl,
  refusedCombination,
  fakeAnswers,
  notCompiled,
];
