/**
 * What can go wrong between us and an API server, as problems with stable codes. Texts of the server are hostile: made
 * visible and cut. Never in a text: tokens, certificates, headers.
 */
import { ProblemError, type Problem } from '../base/problem.ts';
import { visibleText } from '../base/visibleText.ts';
import type { KubeContext } from '../session/ports.ts';

/** What was being done, for the words of a refusal: `patch pods/ephemeralcontainers in namespace shop`. */
export interface KubeAction {
  readonly verb: string;
  /** With subresource: `pods/ephemeralcontainers`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The parts of a Kubernetes `Status` object that we read. */
interface StatusBody {
  readonly message?: unknown;
  readonly reason?: unknown;
}

const MESSAGE_LIMIT = 500;

export function serverText(text: unknown): string {
  if (typeof text !== 'string') return '';
  const flat = visibleText(text.replaceAll(/\s+/g, ' ').trim());
  return flat.length > MESSAGE_LIMIT ? `${flat.slice(0, MESSAGE_LIMIT)}…` : flat;
}

export function describeAction(action: KubeAction): string {
  const place = action.namespace === undefined ? '' : ` in namespace ${visibleText(action.namespace)}`;
  return `${action.verb} ${action.resource}${place}`;
}

function subject(action: KubeAction): string {
  const name = action.name === undefined ? '' : ` ${visibleText(action.name)}`;
  return `${action.resource}${name}${action.namespace === undefined ? '' : ` in namespace ${visibleText(action.namespace)}`}`;
}

/** Problem for an HTTP answer that is no success. `body` is the response text, JSON or not. */
export function problemOfStatus(status: number, body: string, action: KubeAction, context: KubeContext): Problem {
  const parsed = parseStatus(body);
  const message = serverText(parsed?.message ?? body);
  switch (status) {
    case 401:
      return {
        code: 'token-refused',
        detail: `Cluster ${context.cluster} refused the credentials of user ${context.user}`,
        recover: 'Log in again or renew the token or certificate in the kubeconfig, then retry',
      };
    case 403:
      return refusal(message, action);
    case 404:
      return { code: 'not-found', detail: `There is no ${subject(action)} in cluster ${context.cluster}` };
    case 409:
      if (parsed?.reason === 'AlreadyExists')
        return {
          code: 'already-exists',
          detail: `There is already ${subject(action)} in cluster ${context.cluster}`,
        };
      return {
        code: 'conflict',
        detail: `${subject(action)} was changed by somebody else meanwhile`,
        recover: 'Try again',
      };
    case 410:
      return { code: 'gone', detail: `The cluster no longer holds the history of ${action.resource}` };
    case 429:
    case 503:
    case 504:
      return {
        code: 'cluster-busy',
        detail: `Cluster ${context.cluster} cannot ${describeAction(action)} right now: ${message || `HTTP ${String(status)}`}`,
        recover: 'Try again in a moment',
      };
    default:
      return {
        code: status === 422 || status === 400 ? 'request-invalid' : 'cluster-error',
        detail: `Cluster ${context.cluster} could not ${describeAction(action)}: ${message || `HTTP ${String(status)}`}`,
      };
  }
}

function parseStatus(body: string): StatusBody | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A 403 is RBAC's, PodSecurity's or another admission plugin's; only the message tells (k8s.io/apiserver `responsewriters`). */
function refusal(message: string, action: KubeAction): Problem {
  if (message.includes('violates PodSecurity')) {
    return {
      code: 'pod-security-refused',
      detail: `PodSecurity of namespace ${action.namespace ?? ''} refuses the ${action.resource === 'pods' ? 'pod' : 'capture container'}: ${message.slice(message.indexOf('violates PodSecurity'))}`,
      recover:
        'Trace a namespace with the level baseline or privileged, or watch CoreDNS alone with the target coredns',
    };
  }
  // RBAC and the Node authorizer say: User "x" cannot VERB resource "y". Webhooks, quotas and policies say otherwise.
  if (message !== '' && !/\bcannot \S+ (resource|path)\b/.test(message)) {
    return { code: 'admission-refused', detail: `The cluster refuses to ${describeAction(action)}: ${message}` };
  }
  return {
    code: 'forbidden',
    detail: `Missing permission: ${describeAction(action)}`,
    recover: 'Ask the cluster administrator for it',
  };
}

const NOT_TRUSTED: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'the connection was reset',
  ECONNABORTED: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EPROTO: 'it does not speak TLS',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
};

export function unreachable(context: KubeContext, why: string): Problem {
  return {
    code: 'cluster-unreachable',
    detail: `Cluster ${context.cluster} does not answer at ${context.server}: ${why}`,
    recover: 'Check that the cluster runs and that this machine reaches it (VPN, proxy, firewall), then retry',
  };
}

export const cancelled: Problem = { code: 'cancelled', detail: 'Cancelled' };

/** Problem for what the network, TLS or an abort threw. */
export function problemOfThrown(thrown: unknown, context: KubeContext): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const code = codeOf(thrown);
  if (code === 'ABORT_ERR') return cancelled;
  if (NOT_TRUSTED.has(code)) {
    return {
      code: 'certificate-not-trusted',
      detail: `The certificate of cluster ${context.cluster} at ${context.server} is not trusted (${code})`,
      recover:
        "Put the cluster's certificate authority into the kubeconfig, for example by fetching the kubeconfig again",
    };
  }
  const message = thrown instanceof Error ? serverText(thrown.message) : '';
  return unreachable(context, UNREACHABLE[code] ?? (message || 'no reason given'));
}

/** Node's error code, also from inside an AggregateError (several addresses tried) or a cause. */
function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  const { code, name, errors, cause } = thrown as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly errors?: unknown;
    readonly cause?: unknown;
  };
  if (typeof code === 'string' && code !== '') return code;
  if (name === 'AbortError') return 'ABORT_ERR';
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return cause === undefined ? '' : codeOf(cause);
}

/** The kubeconfig's login helper (exec plugin, OIDC refresh, token file) gave no credentials. */
export function loginFailed(context: KubeContext, helper: string | undefined, thrown: unknown): Problem {
  const code = codeOf(thrown);
  const said =
    code === 'ENOENT' ? 'the program is not installed' : serverText(thrown instanceof Error ? thrown.message : '');
  const what = helper === undefined ? 'The credentials' : `The login helper ${visibleText(helper)}`;
  return {
    code: 'exec-plugin-failed',
    detail: `${what} of kubeconfig user ${context.user} failed: ${said || 'no reason given'}`,
    recover: 'Run kubectl get pods once in a terminal: it shows what the login needs',
  };
}
