/**
 * One capture: tcpdump under the supervisor (agent/supervisor.sh) through one exec. Heartbeats go in every three seconds;
 * when they stop, for whatever reason, the supervisor ends tcpdump within 15 s, so nothing has to be cleaned up from here.
 */
import type { DisposableLike } from '../base/disposable.ts';
import type { Problem } from '../base/problem.ts';
import { isNetns } from '../protocol/sessionFile.ts';
import { SUPERVISOR_SCRIPT } from '../session/trace/agentScripts.ts';
import { LEASE_FILE } from '../session/trace/captureContainer.ts';
import type {
  CaptureCounters,
  CaptureEnd,
  CaptureHandle,
  CaptureListener,
  CaptureOptions,
  OpenCapture,
} from '../session/trace/capturePort.ts';
import type { Clock, ExecEnd, ExecHandle } from '../session/ports.ts';
import { captureFilter } from './captureFilter.ts';
import { StderrReader, type StderrEvent } from './tcpdumpStderr.ts';

const HEARTBEAT_MS = 3_000;
/** The supervisor looks every 2 s: silence ends a capture after 12 to 14 s. */
const HEARTBEAT_LIMIT_S = 12;
/** tcpdump ends at once; the supervisor kills one that does not within 4 to 6 s. */
const STOP_GRACE_MS = 8_000;
const BEAT = Uint8Array.of(0x0a);
const END = new TextEncoder().encode('end\n');

/** The exec's command: the script as one argument, its values as positional parameters. Nothing is ever interpolated. */
export function captureCommand(options: CaptureOptions): readonly string[] {
  const { snapLength, bufferKib, ports } = options;
  return [
    'sh',
    '-c',
    SUPERVISOR_SCRIPT,
    'dnscope',
    String(Math.trunc(snapLength)),
    String(Math.trunc(bufferKib)),
    String(HEARTBEAT_LIMIT_S),
    captureFilter(ports),
    LEASE_FILE,
  ];
}

/** @throws ProblemError when the exec itself is refused; what goes wrong later comes through `ended`. */
export const openPodCapture: OpenCapture = async (kube, options, listener, clock, signal) => {
  const capture = new PodCapture(listener, clock);
  const handle = await kube.exec(
    options.target,
    captureCommand(options),
    { onStdout: (chunk) => listener.onBytes(chunk), onStderr: (chunk) => capture.stderr.push(chunk) },
    signal,
  );
  capture.attach(handle);
  return capture;
};

class PodCapture implements CaptureHandle {
  readonly stderr = new StderrReader((event) => this.#onStderr(event));
  readonly ended: Promise<CaptureEnd>;
  readonly #listener: CaptureListener;
  readonly #clock: Clock;
  #settle: (end: CaptureEnd) => void = () => undefined;
  #handle: ExecHandle | undefined;
  #timer: DisposableLike | undefined;
  #stopping = false;
  #supervisor = '';
  #lastText = '';
  #counters: CaptureCounters = { captured: undefined, received: undefined, dropped: undefined };

  constructor(listener: CaptureListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
  }

  attach(handle: ExecHandle): void {
    this.#handle = handle;
    this.#beat(handle);
    void handle.ended.then((end) => {
      this.#timer?.dispose();
      this.stderr.end();
      this.#settle(this.#judge(end));
    });
  }

  pause(): void {
    this.#handle?.pause();
  }

  resume(): void {
    this.#handle?.resume();
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#timer?.dispose();
    // The last bytes and the exit come behind what is held back.
    this.#handle?.resume();
    this.#handle?.write(END);
    this.#timer = this.#clock.after(STOP_GRACE_MS, () => this.#handle?.close());
  }

  #beat(handle: ExecHandle): void {
    handle.write(BEAT);
    this.#timer = this.#clock.after(HEARTBEAT_MS, () => this.#beat(handle));
  }

  #onStderr(event: StderrEvent): void {
    switch (event.kind) {
      case 'listening':
        return this.#listener.onListening();
      case 'counters':
        this.#counters = { ...this.#counters, ...event.counters };
        return this.#listener.onCounters(this.#counters);
      case 'supervisor':
        if (event.word === 'netns') return this.#onNetns(event.rest);
        // The first word tells why; `ended` after `ending …` adds nothing.
        if (this.#supervisor === '') this.#supervisor = `${event.word} ${event.rest}`.trim();
        return;
      case 'text':
        this.#lastText = event.text;
    }
  }

  /** `net:[4026532220]`, as the kernel writes it. */
  #onNetns(text: string): void {
    const netns = Number(/^net:\[(\d{1,10})\]$/u.exec(text)?.[1] ?? 0);
    if (isNetns(netns)) this.#listener.onNetns(netns);
  }

  #judge(end: ExecEnd): CaptureEnd {
    if (end.kind === 'lost') return end;
    if (this.#stopping && end.code === 0) return { kind: 'stopped' };
    // The supervisor gave up on us: the bytes or our heartbeats did not get through for a while.
    if (this.#supervisor.startsWith('ending')) {
      const detail =
        this.#supervisor === 'ending signal'
          ? 'The capture was ended from inside the pod'
          : 'The capture lost its heartbeat';
      return { kind: 'lost', problem: { code: 'capture-interrupted', detail } };
    }
    return { kind: 'failed', problem: captureProblem(this.#supervisor, this.#lastText, end) };
  }
}

/** Why a capture command ended, from what supervisor, tcpdump and the container runtime said. */
export function captureProblem(
  supervisor: string,
  lastText: string,
  end: { readonly code: number; readonly message?: string },
): Problem {
  const message = end.message ?? '';
  if (supervisor === 'no-tcpdump') {
    return {
      code: 'image-without-tcpdump',
      detail: 'The capture image has no tcpdump',
      recover: 'Choose an image that holds sh and tcpdump, for example nicolaka/netshoot',
    };
  }
  if (/permission to perform this capture|Operation not permitted|Permission denied/i.test(lastText)) {
    return {
      code: 'packet-socket-refused',
      detail: 'The container may not open a packet socket: this container runtime gives it no NET_RAW capability',
      recover: 'Trace again with the capability NET_RAW, in a namespace that admits it',
    };
  }
  if (/executable file not found|no such file or directory/i.test(message)) {
    return {
      code: 'image-without-sh',
      detail: 'The capture image has no sh',
      recover: 'Choose an image that holds sh and tcpdump, for example nicolaka/netshoot',
    };
  }
  // 137: killed, by the container's end or for want of memory; the runtime's words name a container that is gone.
  if (end.code === 137 || /container.*(not found|not running|is not created)|task .* not found/i.test(message)) {
    return { code: 'capture-container-gone', detail: 'The capture container ended' };
  }
  const said = lastText || message || `exit code ${String(end.code)}`;
  return { code: 'capture-failed', detail: `tcpdump ended: ${said}` };
}
