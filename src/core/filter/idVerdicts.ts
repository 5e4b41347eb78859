import type { TopologyIndex } from '../topology/topologyIndex.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

/** Verdicts by the id of a name or a vantage: each id is judged once, ids that come later when they come. */
export class IdVerdicts {
  table = new Uint8Array(1024);
  /** Whether any id was judged other than 0. */
  any = false;
  #known = 0;

  /** Judges ids up to `size`. */
  extend(size: number, judge: (id: number) => number): void {
    if (size > this.table.length) {
      const larger = new Uint8Array(Math.max(size, this.table.length * 2));
      larger.set(this.table);
      this.table = larger;
    }
    for (; this.#known < size; this.#known++) {
      const verdict = judge(this.#known);
      this.table[this.#known] = verdict;
      if (verdict !== 0) this.any = true;
    }
  }

  forget(): void {
    this.#known = 0;
    this.any = false;
  }
}

/** Verdicts by address id; judged anew when other names stand behind the addresses. */
export class AddressVerdicts extends IdVerdicts {
  #topology: TopologyIndex | undefined;
  #names = 0;

  judge({ trace, topology }: TraceEngine, judge: (address: string) => number): void {
    if (this.#topology !== topology || this.#names !== trace.addressNames.size) this.forget();
    this.#topology = topology;
    this.#names = trace.addressNames.size;
    this.extend(trace.addresses.size, (id) => judge(trace.addresses.textOf(id)));
  }
}
