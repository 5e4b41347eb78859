/**
 * Everything that reads, checks and changes Corefiles, as one chunk (dist/corefile.cjs): with all rules it is larger than
 * the rest of the extension, and most windows never need it. extension.ts loads it at the first Corefile, the first cluster
 * or the first command that wants it.
 */
import '../displayLanguage.ts';
import type * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { clusterZones } from '../../core/corefile/language/clusterZones.ts';
import type { CorefileHistoryStore, TemporaryMark } from '../../session/change/corefileChangeTypes.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import type { ClusterModel } from '../../session/cluster/clusterModel.ts';
import type { Clock } from '../../session/ports.ts';
import { CorefileChanges, saveError } from '../changes/corefileChanges.ts';
import { openCarried } from '../changes/customPart.ts';
import { type RestoreVersion, showHistory } from '../changes/historyView.ts';
import { restart } from '../changes/restart.ts';
import { TemporaryChanges } from '../changes/temporaryChanges.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { Notifier } from '../notify.ts';
import type { Settings } from '../settings/settings.ts';
import type { TraceList } from '../traces/traceList.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';
import type { CorefileFacts } from '../views/treeNode.ts';
import { ClusterObservers } from './clusterObservers.ts';
import { CorefileActions } from './corefileActions.ts';
import { CorefileCheck } from './corefileCheck.ts';
import { CorefileDiagnostics } from './corefileDiagnostics.ts';
import type { CorefileFileSystem, CorefileWrite } from './corefileFileSystem.ts';
import { CorefileLanguage } from './corefileLanguage.ts';
import { CorefileRegions } from './corefileRegions.ts';
import { CorefileTraffic } from './corefileTraffic.ts';
import { ImportRegions } from './importRegions.ts';
import { LiveRegions } from './liveRegions.ts';
import { ManifestFiles } from './manifestFiles.ts';
import { YamlRegions } from './yamlRegions.ts';
import type { Log } from '../log.ts';

export interface CorefilePartsOptions {
  readonly notify: Notifier;
  readonly log: Log;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly connection: ClusterConnection;
  readonly traces: TraceList;
  readonly plain: PlainDocuments;
  readonly files: CorefileFileSystem;
  /** Of this user on this machine. */
  readonly memory: vscode.Memento;
  readonly historyStore: CorefileHistoryStore;
}

export class CorefileParts extends Disposable {
  readonly changes: CorefileChanges;
  readonly temporary: TemporaryChanges;
  /** Asks, then restarts CoreDNS in that context; false after a No. */
  readonly restart: (context: string, rollBack?: () => Promise<unknown>) => Promise<boolean>;
  readonly #options: Pick<CorefilePartsOptions, 'notify' | 'connection' | 'plain'>;
  readonly #check: CorefileCheck;

  constructor(options: CorefilePartsOptions) {
    super();
    this.#options = options;
    const { notify, log, settings, clock, connection, traces, plain, files, memory, historyStore } = options;
    this.restart = (context, rollBack) => restart({ notify, clock, connection }, context, rollBack);
    this.changes = this._register(
      new CorefileChanges({
        notify,
        clock,
        connection,
        plain,
        historyStore,
        openText: (context, place, text) => files.open(context, place, text),
        openCarried: (context, map, carried) => openCarried({ notify, connection, files }, context, map, carried),
        restart: this.restart,
      }),
    );
    const { history, watched } = this.changes;
    const propose = (context: string, mark: Pick<TemporaryMark, 'place' | 'proposal'>): Promise<void> =>
      files.open(context, mark.place, mark.proposal);
    this.temporary = this._register(
      new TemporaryChanges({
        notify,
        log,
        clock,
        connection,
        memory,
        history,
        watched,
        propose,
        restart: this.restart,
      }),
    );
    const observers = this._register(new ClusterObservers({ traces, clock, log }));
    this.#check = new CorefileCheck(settings, observers);
    const readers = [
      this._register(new LiveRegions(files, observers)),
      this._register(new YamlRegions(this._register(new ManifestFiles()))),
      this._register(new ImportRegions()),
    ];
    const regions = this._register(new CorefileRegions(readers));
    this._register(new CorefileLanguage({ regions, settings, zones: () => zonesOf(connection) }));
    this._register(new CorefileActions(this._register(new CorefileDiagnostics(regions, settings))));
    this._register(new CorefileTraffic(traces, (uri) => files.contextOf(uri)));
  }

  /** What the tree says of a cluster's Corefiles. */
  facts(model: ClusterModel): CorefileFacts {
    return this.#check.facts(model);
  }

  /** @param place the part in question, when one was clicked */
  showHistory(context: string, place: CorefilePlace | undefined, restore: RestoreVersion): Promise<boolean> {
    const { notify, connection, plain } = this.#options;
    return showHistory({ notify, connection, plain, history: this.changes.history, restore }, context, place);
  }

  /** A live file was saved. */
  apply({ context, place, text, base }: CorefileWrite): Promise<void> {
    return this.changes.apply(context, { place, text, base }).catch((error: unknown) => {
      throw saveError(error);
    });
  }
}

/** Zones to complete in Corefiles; nothing connects for them. */
function zonesOf({ state }: ClusterConnection): readonly string[] {
  return state.kind === 'open' ? clusterZones(state.lease.model.topology) : [];
}
