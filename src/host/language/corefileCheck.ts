import type { ClusterFacts } from '../../core/corefile/clusterFacts.ts';
import { upstreamsOf } from '../../core/corefile/model.ts';
import type { ClusterModel } from '../../session/cluster/clusterModel.ts';
import { lintLive } from '../../session/cluster/lintLiveCorefiles.ts';
import { type LiveCorefiles, findLive } from '../../session/cluster/liveCorefiles.ts';
import type { Settings } from '../settings/settings.ts';
import type { CorefileFacts } from '../views/treeNode.ts';
import type { ClusterObservers } from './clusterObservers.ts';

/** What the tree says of a cluster's Corefiles; the last answer is kept as long as nothing in the cluster has changed. */
export class CorefileCheck {
  readonly #settings: Settings;
  readonly #observers: ClusterObservers;
  #last:
    | { readonly live: LiveCorefiles; readonly facts: ClusterFacts; readonly by: string; readonly value: CorefileFacts }
    | undefined;

  constructor(settings: Settings, observers: ClusterObservers) {
    this.#settings = settings;
    this.#observers = observers;
  }

  facts(model: ClusterModel): CorefileFacts {
    this.#observers.look(model);
    const live = model.corefiles;
    const facts = model.clusterFacts();
    const { coreDnsVersion: version, lintSeverities: severities } = this.#settings;
    const by = JSON.stringify([version, severities]);
    if (this.#last?.live === live && this.#last.facts === facts && this.#last.by === by) return this.#last.value;
    const { diagnostics, results } = lintLive(live, facts, {
      severities,
      ...(version === undefined ? {} : { version }),
    });
    const main = model.view.corefile === undefined ? undefined : findLive(live, model.view.corefile);
    const read = main === undefined ? undefined : results.get(main)?.model;
    const value: CorefileFacts = {
      parts: live.parts.flatMap((part) => {
        const found = diagnostics.get(part);
        if (found === undefined) return [];
        const count = (severity: string): number => found.filter((one) => one.severity === severity).length;
        return [{ place: part.place, isMain: part === main, errors: count('error'), warnings: count('warning') }];
      }),
      resolverFiles:
        read === undefined
          ? []
          : upstreamsOf(read).flatMap(({ from, to, line }) =>
              'file' in to ? [{ file: to.file, zone: from, line }] : [],
            ),
    };
    this.#last = { live, facts, by, value };
    return value;
  }
}
