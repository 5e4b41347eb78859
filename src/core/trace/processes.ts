/**
 * Processes that sources say packets are of: each is kept once, packets name it by a number. Only sources that know processes cost memory
 * for them: two bytes a packet of their vantage. 0 is "not known"; so is what comes when there is no more room. All texts are hostile; who reads them bounds them.
 */

export interface Process {
  readonly pid: number;
  readonly tid?: number;
  /** The short name, as the kernel has it. */
  readonly command?: string;
  /** Path of the program. */
  readonly path?: string;
  readonly uid?: number;
  readonly user?: string;
}

const MOST_PROCESSES = 0xffff;

/** Parts of a process that several comments tell. */
export type ProcessFacts = Partial<Process>;

export class ProcessTable {
  readonly #all: Process[] = [];
  readonly #ids = new Map<string, number>();

  /** Processes known; their ids are 1 to this number. */
  get size(): number {
    return this.#all.length;
  }

  of(id: number): Process | undefined {
    return this.#all[id - 1];
  }

  /** 0 when there is no room for more. */
  idOf(process: Process): number {
    const { pid, tid, command, path, uid, user } = process;
    const key = JSON.stringify([pid, tid, command, path, uid, user]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#all.length === MOST_PROCESSES) return 0;
    this.#all.push(process);
    this.#ids.set(key, this.#all.length);
    return this.#all.length;
  }
}

/** Process ids by packet number, from 1, of one vantage. */
export class PacketProcesses {
  #ids = new Uint16Array(0);

  /** 0 when no source told. */
  of(packet: number): number {
    return this.#ids[packet] ?? 0;
  }

  set(packet: number, process: number): void {
    if (packet >= this.#ids.length) {
      const larger = new Uint16Array(Math.max(packet + 1, this.#ids.length * 2, 256));
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[packet] = process;
  }
}
