/**
 * pods/exec over WebSocket: the subprotocols v5 and v4.channel.k8s.io (k8s.io/apimachinery/pkg/util/remotecommand).
 * Each message is one channel byte and data: 0 stdin, 1 stdout, 2 stderr, 3 the final Status; v5 adds 255, which closes a
 * channel. Why not client-node's Exec: it cannot hold back a fast sender, hides why an upgrade was refused, and
 * leaves a connection that died in silence open for ever.
 */
import { WebSocket } from 'ws';
import { ProblemError, type Problem } from '../base/problem.ts';
import type { ExecEnd, ExecHandle, ExecIo, ExecTarget } from '../session/ports.ts';
import type { HttpClient } from './httpClient.ts';
import {
  cancelled,
  problemOfStatus,
  problemOfThrown,
  serverText,
  unreachable,
  type KubeAction,
} from './kubeProblems.ts';
import { objectPath } from './resources.ts';

const PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const Channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const HANDSHAKE_MS = 15_000;
const PING_MS = 10_000;
/** No byte and no pong for this long while we read: the connection is dead. */
const SILENCE_MS = 30_000;
const CLOSE_GRACE_MS = 2_000;
/** The API server sends chunks of at most 32 KiB; a far larger message is no exec stream. */
const MESSAGE_LIMIT = 16 * 1024 * 1024;
const REFUSAL_LIMIT = 64 * 1024;

export async function openExec(
  http: HttpClient,
  target: ExecTarget,
  command: readonly string[],
  io: ExecIo,
  signal: AbortSignal | undefined,
): Promise<ExecHandle> {
  const action: KubeAction = { verb: 'create', resource: 'pods/exec', namespace: target.namespace, name: target.pod };
  if (signal?.aborted === true) throw new ProblemError(cancelled);
  const url = http.url(objectPath('pods', target.namespace, target.pod, 'exec'), {
    container: target.container,
    stdin: 'true',
    stdout: 'true',
    stderr: 'true',
    tty: 'false',
    command,
  });
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const options = await http.connectionOptions();
  const socket = new WebSocket(url, PROTOCOLS, {
    ...options,
    handshakeTimeout: HANDSHAKE_MS,
    perMessageDeflate: false,
    maxPayload: MESSAGE_LIMIT,
    followRedirects: false,
  });
  // The listeners stand before the handshake ends: data may come in the same packet as its last byte.
  const handle = new ExecSocket(http, socket, io, action);
  const onAbort = (): void => handle.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  http.closed.addEventListener('abort', onAbort, { once: true });
  void handle.ended.then(() => {
    signal?.removeEventListener('abort', onAbort);
    http.closed.removeEventListener('abort', onAbort);
  });
  await handle.opened;
  return handle;
}

class ExecSocket implements ExecHandle {
  readonly ended: Promise<ExecEnd>;
  readonly opened: Promise<void>;
  readonly #http: HttpClient;
  readonly #socket: WebSocket;
  readonly #io: ExecIo;
  #settle: (end: ExecEnd) => void = () => undefined;
  #failure: Problem | undefined;
  #status: ExecEnd | undefined;
  #paused = false;
  #lastSeen = Date.now();
  #pinger: NodeJS.Timeout | undefined;

  constructor(http: HttpClient, socket: WebSocket, io: ExecIo, action: KubeAction) {
    this.#http = http;
    this.#socket = socket;
    this.#io = io;
    socket.binaryType = 'nodebuffer';
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.opened = new Promise((resolve, reject) => {
      socket.on('open', () => {
        this.#pinger = setInterval(() => this.#ping(), PING_MS);
        resolve();
      });
      socket.on('unexpected-response', (request, response) => {
        void readRefusal(response).then((body) => {
          this.#failure = problemOfStatus(response.statusCode ?? 0, body, action, http.context);
          request.destroy();
          socket.terminate();
          reject(new ProblemError(this.#failure));
          this.#settle({ kind: 'lost', problem: this.#failure });
        });
      });
      socket.on('error', (error) => (this.#failure ??= problemOfThrown(error, http.context)));
      socket.on('close', () => {
        clearInterval(this.#pinger);
        const problem = this.#failure ?? unreachable(http.context, 'the exec connection was cut');
        reject(new ProblemError(problem));
        this.#settle(this.#status ?? { kind: 'lost', problem });
      });
    });
    // Whoever waits for `opened` gets the rejection; nobody else has to.
    this.opened.catch(() => undefined);
    socket.on('pong', () => (this.#lastSeen = Date.now()));
    socket.on('message', (data) => this.#receive(data));
  }

  write(data: Uint8Array): void {
    this.#send(Channel.stdin, data);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#lastSeen = Date.now();
    this.#socket.resume();
  }

  close(): void {
    this.resume();
    if (this.#socket.protocol === PROTOCOLS[0]) this.#send(Channel.close, Uint8Array.of(Channel.stdin));
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS);
    void this.ended.then(() => clearTimeout(timer));
  }

  abort(): void {
    this.#failure ??= cancelled;
    this.#socket.terminate();
  }

  #send(channel: number, data: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const message = new Uint8Array(data.length + 1);
    message[0] = channel;
    message.set(data, 1);
    this.#socket.send(message);
  }

  #receive(data: Buffer): void {
    this.#lastSeen = Date.now();
    const channel = data[0];
    if (data.length < 2) return; // the server opens each channel with an empty message
    switch (channel) {
      case Channel.stdout:
        // A copy of its own: the receiver may transfer the buffer to a worker, and this one may be shared with the next message.
        return this.#io.onStdout(new Uint8Array(data.subarray(1)));
      case Channel.stderr:
        return this.#io.onStderr(new Uint8Array(data.subarray(1)));
      case Channel.status:
        this.#status = parseExecStatus(data.subarray(1).toString('utf8'));
        this.#socket.close(1000);
        setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS).unref();
        return;
      default:
        return;
    }
  }

  #ping(): void {
    // While we hold back, pongs wait behind the data: silence then says nothing.
    if (!this.#paused && Date.now() - this.#lastSeen > SILENCE_MS) {
      this.#failure ??= unreachable(this.#http.context, 'the exec connection fell silent');
      this.#socket.terminate();
    } else if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.ping();
    }
  }
}

/** The final Status of an exec. Never throws; what cannot be read is an exit with code -1. */
export function parseExecStatus(text: string): ExecEnd {
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    return { kind: 'exit', code: -1, message: serverText(text) };
  }
  const {
    status: result,
    message,
    details,
  } = (typeof status === 'object' && status !== null ? status : {}) as {
    readonly status?: unknown;
    readonly message?: unknown;
    readonly details?: { readonly causes?: unknown };
  };
  if (result === 'Success') return { kind: 'exit', code: 0 };
  const causes: readonly unknown[] = Array.isArray(details?.causes) ? details.causes : [];
  for (const cause of causes) {
    const { reason, message: code } = (typeof cause === 'object' && cause !== null ? cause : {}) as {
      readonly reason?: unknown;
      readonly message?: unknown;
    };
    if (reason === 'ExitCode' && typeof code === 'string' && /^\d{1,3}$/.test(code)) {
      return { kind: 'exit', code: Number(code), message: serverText(message) };
    }
  }
  return { kind: 'exit', code: -1, message: serverText(message) };
}

function readRefusal(response: AsyncIterable<Buffer>): Promise<string> {
  const read = async (): Promise<string> => {
    let text = '';
    for await (const chunk of response) {
      text += chunk.toString('utf8');
      if (text.length > REFUSAL_LIMIT) break;
    }
    return text;
  };
  return read().catch(() => '');
}
