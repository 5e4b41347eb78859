/**
 * One API server over Node's own HTTPS. Why not the generated client: it turns JSON into class instances that the
 * core would have to turn back, has no time limits, and is most of the 2 MB of its package (docs/adr/0011). The kubeconfig
 * itself (TLS material, tokens, login helpers, proxies) is read by @kubernetes/client-node.
 * Every call has a time limit and takes a signal; every failure is a ProblemError.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions as HttpsOptions } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { KubeConfig, type Cluster, type User } from '@kubernetes/client-node';
import { ProblemError } from '../base/problem.ts';
import { withoutNulls } from '../core/topology/withoutNulls.ts';
import type { KubeContext } from '../session/ports.ts';
import {
  cancelled,
  loginFailed,
  problemOfStatus,
  problemOfThrown,
  unreachable,
  type KubeAction,
} from './kubeProblems.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: object;
  readonly contentType?: string;
  /** For the words of a refusal. */
  readonly action: KubeAction;
  readonly signal?: AbortSignal | undefined;
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** A longer answer is refused as `answer-too-large`. Default 256 MiB. */
  readonly limitBytes?: number;
}

/** TLS, agent and headers of one connection. */
export type ConnectionOptions = Omit<HttpsOptions, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

const CALL_TIMEOUT_MS = 30_000;
const LOGIN_TIMEOUT_MS = 60_000;
/** Larger answers are refused rather than held: a list page of 500 pods is about 10 MB. */
const BODY_LIMIT = 256 * 1024 * 1024;

export class HttpClient {
  readonly context: KubeContext;
  readonly #cluster: Cluster;
  readonly #user: User;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #closed = new AbortController();
  #config: KubeConfig;

  constructor(context: KubeContext, cluster: Cluster, user: User) {
    this.context = context;
    this.#cluster = cluster;
    this.#user = user;
    this.#config = this.#freshConfig();
    const options = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: 64 };
    this.#agent = cluster.server.startsWith('http:') ? new HttpAgent(options) : new HttpsAgent(options);
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort();
    this.#agent.destroy();
  }

  url(path: string, query: Call['query'] = {}): URL {
    const url = new URL(this.#cluster.server.replace(/\/+$/, '') + path);
    for (const [key, value] of Object.entries(query)) {
      for (const one of typeof value === 'string' ? [value] : value) url.searchParams.append(key, one);
    }
    return url;
  }

  /** TLS and credentials for a connection. Runs the kubeconfig's login helper where it has one. */
  async connectionOptions(): Promise<ConnectionOptions> {
    const options: HttpsOptions = {};
    try {
      await withLimit(this.#config.applyToHTTPSOptions(options), LOGIN_TIMEOUT_MS, 'it took longer than 60 s');
    } catch (error) {
      throw new ProblemError(loginFailed(this.context, helperOf(this.#user), error), { cause: error });
    }
    const headers = { 'user-agent': 'dnscope', ...(options.headers as Record<string, string> | undefined) };
    // A proxy needs client-node's agent; else ours keeps connections alive. Checks stay on unless the kubeconfig says otherwise.
    const agent = this.#cluster.proxyUrl === undefined ? this.#agent : options.agent;
    return {
      ...options,
      ...(agent === undefined ? {} : { agent }),
      rejectUnauthorized: options.rejectUnauthorized ?? true,
      headers,
    };
  }

  async json<T>(call: Call): Promise<T> {
    const text = await this.text(call);
    try {
      return withoutNulls(JSON.parse(text) as T);
    } catch (error) {
      throw new ProblemError(unreachable(this.context, 'its answer is no JSON, so it is no Kubernetes API'), {
        cause: error,
      });
    }
  }

  async text(call: Call): Promise<string> {
    const response = await this.#open(call);
    return this.#limited(call, response, () => this.#readAll(response, call.limitBytes ?? BODY_LIMIT));
  }

  /**
   * Reads an endless answer line by line until it ends (resolves) or breaks (rejects).
   * @param idleMs time without any byte after which the connection counts as dead
   */
  async lines(call: Call, idleMs: number, onLine: (line: string) => void): Promise<void> {
    const response = await this.#open(call);
    const signal = this.#signal(call);
    await new Promise<void>((resolve, reject) => {
      const decoder = new StringDecoder('utf8');
      let rest = '';
      const fail = (error: unknown): void => {
        response.destroy();
        reject(new ProblemError(signal.aborted ? cancelled : problemOfThrown(error, this.context), { cause: error }));
      };
      const timer = setTimeout(() => fail(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })), idleMs);
      const onAbort = (): void => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      response.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      });
      response.on('data', (chunk: Buffer) => {
        timer.refresh();
        const parts = (rest + decoder.write(chunk)).split('\n');
        rest = parts.pop() ?? '';
        if (rest.length > BODY_LIMIT) return fail(new Error('a line without end'));
        try {
          for (const line of parts) if (line !== '') onLine(line);
        } catch (error) {
          fail(error);
        }
      });
      response.on('end', resolve);
      response.on('error', fail);
      response.on('close', () => reject(new ProblemError(unreachable(this.context, 'the connection was cut'))));
    });
  }

  async #open(call: Call, retried = false): Promise<IncomingMessage> {
    const signal = this.#signal(call);
    if (signal.aborted) throw new ProblemError(cancelled);
    const options = await this.connectionOptions();
    const response = await this.#send(call, options, signal);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const body = await this.#limited(call, response, () => this.#readAll(response, BODY_LIMIT)).catch(() => '');
    if (status === 401 && !retried) {
      // A cached token may have been revoked before its time: ask the login helper once more.
      this.#config = this.#freshConfig();
      if (helperOf(this.#user) !== undefined) return this.#open(call, true);
    }
    throw new ProblemError(problemOfStatus(status, body, call.action, this.context));
  }

  #send(call: Call, options: ConnectionOptions, signal: AbortSignal): Promise<IncomingMessage> {
    const url = this.url(call.path, call.query);
    const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers: Record<string, string> = { ...options.headers, accept: 'application/json, */*' };
    if (payload !== undefined) {
      headers['content-type'] = call.contentType ?? 'application/json';
      headers['content-length'] = String(payload.length);
    }
    return new Promise((resolve, reject) => {
      const send: (url: URL, options: RequestOptions & HttpsOptions) => ReturnType<typeof httpRequest> =
        url.protocol === 'http:' ? httpRequest : httpsRequest;
      const request = send(url, { ...options, method: call.method, headers, signal });
      const timer = setTimeout(() => {
        request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      }, call.timeoutMs ?? CALL_TIMEOUT_MS);
      request.on('response', (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        // A kept-alive connection that the server had just closed: the request never reached it (Node's own advice).
        const stale = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        if (stale && call.method === 'GET' && !signal.aborted) return resolve(this.#send(call, options, signal));
        reject(new ProblemError(signal.aborted ? cancelled : problemOfThrown(error, this.context), { cause: error }));
      });
      request.end(payload);
    });
  }

  async #limited<T>(call: Call, response: IncomingMessage, read: () => Promise<T>): Promise<T> {
    const signal = this.#signal(call);
    const timer = setTimeout(() => {
      response.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, call.timeoutMs ?? CALL_TIMEOUT_MS);
    try {
      return await read();
    } catch (error) {
      throw new ProblemError(signal.aborted ? cancelled : problemOfThrown(error, this.context), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #readAll(response: IncomingMessage, limit: number): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit)
        throw new ProblemError({
          code: 'answer-too-large',
          detail: `An answer of cluster ${this.context.cluster} is larger than ${String(limit)} bytes`,
        });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #signal(call: Call): AbortSignal {
    return call.signal === undefined ? this.#closed.signal : AbortSignal.any([call.signal, this.#closed.signal]);
  }

  #freshConfig(): KubeConfig {
    const config = new KubeConfig();
    const name = this.context.name;
    config.loadFromOptions({
      // client-node refuses to prepare credentials for plain HTTP (kubectl proxy); only the connection itself is ours.
      clusters: [{ ...this.#cluster, server: this.#cluster.server.replace(/^http:/, 'https:') }],
      users: [this.#user],
      contexts: [{ name, cluster: this.#cluster.name, user: this.#user.name }],
      currentContext: name,
    });
    return config;
  }
}

/** The program or provider that makes this user's credentials, for the words of a failure. */
function helperOf(user: User): string | undefined {
  const exec = user.exec as { readonly command?: unknown } | undefined;
  if (typeof exec?.command === 'string') return exec.command;
  const provider = user.authProvider as { readonly name?: unknown } | undefined;
  return typeof provider?.name === 'string' ? provider.name : undefined;
}

async function withLimit<T>(work: Promise<T>, milliseconds: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
