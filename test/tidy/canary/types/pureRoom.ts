// Compiled by typeFence.test.ts with the options of each pure room. Each marked line must be refused, no other may.
export const title = document.title; // planted
export const pid = process.pid; // planted
export const timer = setTimeout(() => undefined, 1); // planted
export const bytes = Buffer.alloc(1); // planted
export const address = new URL('https://example.org'); // planted
export const loaded = require('node:fs') as unknown; // planted
console.log('planted'); // planted
export const text = new TextDecoder().decode(new Uint8Array(1));
export const cancelled = (signal: AbortSignal): boolean => signal.aborted;
