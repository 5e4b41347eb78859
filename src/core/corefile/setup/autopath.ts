import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { refuse, shownWord, wrongCount } from './refuse.ts';

/** Handlers that can be asked for a search path; every other plugin that answers queries can't. */
const AUTOPATHERS: ReadonlySet<string> = new Set(['kubernetes', 'erratic']);
/** Plugins that set something up without being a handler, so that autopath doesn't find them. */
const NO_HANDLERS: ReadonlySet<string> = new Set(
  (
    'root cancel proxyproto quic grpc_server https https3 timeouts multisocket reload bind debug ready health pprof tls ' +
    'on startup shutdown'
  ).split(' '),
);

/** plugin/autopath/setup.go autoPathParse, and the check at startup of the plugin named by the last `@NAME`. */
export const autopathSetup: PluginSetup = (words, { block }) => {
  let refusal: Refusal | undefined;
  for (let head = words.next(); head !== undefined; head = words.next()) {
    const args = words.remainingArgs();
    const source = args[args.length - 1];
    if (source === undefined) return wrongCount('autopath', head, args, 1);
    const name = words.valueOf(source);
    if (!name.startsWith('@')) continue;
    const plugin = name.slice(1);
    const refused = block.words.has(plugin) && !AUTOPATHERS.has(plugin) && !NO_HANDLERS.has(plugin);
    const message = `autopath can't ask ${shownWord(plugin)} for a search path. Write @kubernetes or a resolv.conf`;
    refusal = refused ? refuse('CF306', source, message) : undefined;
  }
  return refusal;
};
