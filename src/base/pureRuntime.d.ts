/**
 * The only globals beyond ES2023 that base, core, protocol and session may use: the ones that Node, browsers and
 * workers all have, with the parts we use. These rooms compile with `types: []` and no DOM, so `process`, `document`,
 * `setTimeout` and `Buffer` are compile errors there; time and I/O arrive through session/ports.ts.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

// `var` and not `const`: a declared constructor has to merge with the interface of the same name.
declare var AbortSignal: {
  abort(reason?: unknown): AbortSignal;
  any(signals: readonly AbortSignal[]): AbortSignal;
};

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare var AbortController: { new (): AbortController };

interface TextDecoder {
  decode(input?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

declare var TextDecoder: {
  new (label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean }): TextDecoder;
};

interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { readonly read: number; readonly written: number };
}

declare var TextEncoder: { new (): TextEncoder };

/** ES2024; the oldest VS Code that runs this may lack it. */
interface ArrayBuffer {
  transfer?(newByteLength?: number): ArrayBuffer;
}
