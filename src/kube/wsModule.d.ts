/** The part of `ws` 8 that exec uses; the package has no types of its own and @types/ws is not among our dependencies. */
declare module 'ws' {
  import type { ClientRequest, IncomingMessage } from 'node:http';
  import type { RequestOptions } from 'node:https';

  interface WebSocketOptions extends RequestOptions {
    readonly handshakeTimeout?: number;
    readonly perMessageDeflate?: boolean;
    readonly maxPayload?: number;
    readonly followRedirects?: boolean;
  }

  export class WebSocket {
    static readonly CONNECTING: 0;
    static readonly OPEN: 1;
    constructor(address: string | URL, protocols: readonly string[], options: WebSocketOptions);
    readonly readyState: number;
    readonly protocol: string;
    binaryType: 'nodebuffer';
    on(event: 'open' | 'pong', listener: () => void): this;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: 'close', listener: (code: number, reason: Buffer) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'unexpected-response', listener: (request: ClientRequest, response: IncomingMessage) => void): this;
    send(data: Uint8Array, callback?: (error?: Error) => void): void;
    ping(): void;
    pause(): void;
    resume(): void;
    close(code?: number): void;
    terminate(): void;
  }
}
