/**
 * Several captures as one, by time (what mergecap does): always the packet that is earliest among the next ones of all captures.
 * Each capture keeps its own order. Cost: a step of a heap whenever another capture's turn comes. Memory: one chunk a capture,
 * smaller the more there are.
 */
import type { PacketQueue } from './packetQueue.ts';

const LARGEST_CHUNK = 1024 * 1024;
const SMALLEST_CHUNK = 16 * 1024;
const ALL_CHUNKS = 64 * 1024 * 1024;
/** Hand the thread back to others this often, bytes. */
const YIELD_EVERY = 16 * 1024 * 1024;

/**
 * Delivers all there is. Returns early when aborted.
 * @param delivered called whenever a capture's chunk has been worked off
 */
export async function mergeQueues(
  queues: readonly PacketQueue[],
  delivered: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const size = Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, Math.floor(ALL_CHUNKS / Math.max(1, queues.length))));
  const heap = new QueueHeap();
  for (const queue of queues) if (await queue.fill(size)) heap.push(queue);
  let sinceYield = 0;
  for (let queue = heap.pop(); queue !== undefined; queue = heap.pop()) {
    queue.deliver(heap.earliest, heap.isNamedFirst(queue));
    if (queue.isEmpty) {
      delivered();
      if (signal?.aborted === true) return;
      sinceYield += size;
      if (sinceYield >= YIELD_EVERY) {
        sinceYield = 0;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      if (!(await queue.fill(size))) continue;
    }
    heap.push(queue);
  }
}

/** A binary heap by the time of each queue's next packet; of equal times, the capture that was named first goes first. */
class QueueHeap {
  readonly #queues: PacketQueue[] = [];
  readonly #order = new Map<PacketQueue, number>();

  get earliest(): number {
    return this.#queues[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Of packets of the same moment, this capture's go before those of the one that is next. */
  isNamedFirst(queue: PacketQueue): boolean {
    const next = this.#queues[0];
    return next === undefined || this.#order.get(queue)! < this.#order.get(next)!;
  }

  push(queue: PacketQueue): void {
    if (!this.#order.has(queue)) this.#order.set(queue, this.#order.size);
    const heap = this.#queues;
    let at = heap.push(queue) - 1;
    for (let above = (at - 1) >> 1; at > 0 && this.#isBefore(heap[at]!, heap[above]!); above = (at - 1) >> 1) {
      [heap[at], heap[above]] = [heap[above]!, heap[at]!];
      at = above;
    }
  }

  pop(): PacketQueue | undefined {
    const heap = this.#queues;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && this.#isBefore(heap[below]!, heap[least]!)) least = below;
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }

  #isBefore(a: PacketQueue, b: PacketQueue): boolean {
    return a.time < b.time || (a.time === b.time && this.#order.get(a)! < this.#order.get(b)!);
  }
}
