import type { KubeApi, KubeConfigSource } from '../session/ports.ts';

export class FileKubeConfigSource implements KubeConfigSource {
  readonly #paths: readonly string[] | undefined;

  constructor(paths: readonly string[] | undefined) {
    this.#paths = paths;
  }

  contexts(): ReturnType<KubeConfigSource['contexts']> {
    return Promise.reject(new Error(`Not yet written ${String(this.#paths?.length)}`));
  }

  open(_context: string): Promise<KubeApi> {
    return Promise.reject(new Error('Not yet written'));
  }
}
