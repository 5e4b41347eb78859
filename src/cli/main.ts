/** Entry of `dnscope`: picks the command; each loads its own code, so that `lint` and `analyze` never load a Kubernetes client. */
import { readFile } from 'node:fs/promises';
import { toProblem } from '../base/problem.ts';
import type { ExportIo } from './export.ts';
import { onInterrupt } from './interrupts.ts';
import { problemText } from './problemText.ts';
import { writerTo } from './standardOutput.ts';

const HELP = `dnscope: DNS debugging for Kubernetes

  dnscope analyze FILE… [--json] [--stats] [--follow] [--filter EXPR] [--topology FILE] [--corefile FILE]
                        [--expect NAME=ADDR,…] [--dns-port N,…]
      say what went wrong in captures: pcap and pcapng, also gzip, zstd and tar archives of them, folders,
      and - for standard input; several are merged by time, their clocks compared
      --stats adds rates, bursts, sizes, record counts, TTLs and response times, also by server, client, name and namespace
      --expect says which addresses a name should have, or names a file with such lines; it may come several times
      --follow reads on as the files grow, until Ctrl-C
  dnscope export FILE… --format csv|jsonl|markdown|parquet|pcapng [-o OUT] [--filter EXPR]
                       [--redact] [--redact-key FILE] [--topology FILE] [--corefile FILE] [--dns-port N,…]
      write captures in another format, to a file or to standard output; --redact replaces names,
      addresses, namespaces and pods by pseudonyms, the same ones each time with the same key
  dnscope lint FILE… [--json | --sarif] [--coredns VERSION] [--fail-on SEVERITY]
      check Corefiles as CoreDNS would read them, with what they import; also those in YAML and
      JSON: ConfigMaps (coredns and coredns-custom together), lists, kustomizations, values files;
      dnscope lint --help says more
  dnscope trace TARGET [-n NS] [--context C] [--duration 30s] [--json] [--yes] [--image IMG]
                [--port N]… [--no-coredns] [--net-raw]
      watch a pod's DNS live; TARGET is pod/x, deploy/x, -l app=x or coredns
      shows what it would create and asks; without a terminal it needs --yes
      --image names the capture image, for clusters that cannot pull the default one
      --port watches another port besides 53, --no-coredns the pod alone, --net-raw adds that capability

Exit status: 0 done, 1 lint found errors (or what --fail-on names), 2 bad use or unreadable input
`;

let outputLost = false;

// A closed pipe (`dnscope … | head`) is the reader's choice, not an error. A running trace stops as after one Ctrl-C: a
// second one would leave its captures to their deadline.
function onOutputFailed(error: NodeJS.ErrnoException): void {
  outputLost = error.code !== 'EPIPE';
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM');
  else process.exit(outputLost ? 2 : 0);
}

const io: ExportIo = {
  stdout: writerTo(process.stdout, onOutputFailed),
  stderr: writerTo(process.stderr),
  isTerminal: process.stdout.isTTY,
  // The listener of `stdout` above hears of errors; here the callback is back-pressure alone.
  writeOut: (piece) =>
    new Promise((resolve) => {
      if (outputLost) resolve();
      else process.stdout.write(piece, () => resolve());
    }),
  // Asked for only by who reads it: opening it may keep the process waiting.
  get stdin() {
    return process.stdin;
  },
  onInterrupt,
  async readFile(path) {
    if (path !== '-') return readFile(path);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  },
};

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  // lint has a help of its own.
  if (command !== 'lint' && rest.some((arg) => arg === '--help' || arg === '-h')) {
    io.stdout(HELP);
    return 0;
  }
  switch (command) {
    case 'analyze':
      return (await import('./analyze.ts')).runAnalyze(rest, io);
    case 'export':
      return (await import('./export.ts')).runExport(rest, io);
    case 'lint':
      return (await import('./lint.ts')).runLint(rest, io);
    case 'trace':
      return (await import('./trace.ts')).runTrace(rest, io);
    case '--help':
    case '-h':
    case 'help':
      io.stdout(HELP);
      return 0;
    default:
      io.stderr(
        command === undefined
          ? HELP
          : `Unknown command ${JSON.stringify(command)}. Use: dnscope analyze, export, lint or trace\n`,
      );
      return 2;
  }
}

try {
  const exitCode = await main(process.argv.slice(2));
  process.exitCode = outputLost ? 2 : exitCode;
} catch (error) {
  const problem = toProblem(error, 'unexpected');
  io.stderr(`${problemText(problem)}\n`);
  process.exitCode = 2;
}
