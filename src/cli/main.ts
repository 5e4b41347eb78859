/** Entry of `dnscope`: picks the command; each loads its own code, so that `lint` and `analyze` never load a Kubernetes client. */
import { readFile } from 'node:fs/promises';
import { toProblem } from '../base/problem.ts';
import type { CliIo } from './io.ts';

const HELP = `dnscope: DNS debugging for Kubernetes

  dnscope analyze FILE… [--json] [--filter EXPR] [--topology FILE] [--corefile FILE]
      say what went wrong in captures (pcap, pcapng)
  dnscope lint FILE… [--json | --sarif] [--coredns VERSION]
      check Corefiles as CoreDNS would read them
  dnscope trace TARGET [-n NS] [--context C] [--duration 30s] [--json]
      watch a pod's DNS live; TARGET is pod/x, deploy/x, -l app=x or coredns

Exit status: 0 done, 1 lint found errors, 2 bad use or unreadable input
`;

const io: CliIo = {
  stdout: (text) => {
    process.stdout.write(text);
  },
  stderr: (text) => {
    process.stderr.write(text);
  },
  async readFile(path) {
    if (path !== '-') return readFile(path);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  },
};

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'analyze':
      return (await import('./analyze.ts')).runAnalyze(rest, io);
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
          : `Unknown command ${JSON.stringify(command)}. Use: dnscope analyze, lint or trace\n`,
      );
      return 2;
  }
}

// A closed pipe (`dnscope … | head`) is the reader's choice, not an error. A running trace stops as after Ctrl-C, so that
// nothing is left in the cluster.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' && process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM');
  else process.exit(error.code === 'EPIPE' ? 0 : 2);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const problem = toProblem(error, 'unexpected');
  io.stderr(`${problem.detail}${problem.recover === undefined ? '' : `. ${problem.recover}`}\n`);
  process.exitCode = 2;
}
