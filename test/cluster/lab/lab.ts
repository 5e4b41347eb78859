import { parseArgs } from 'node:util';
import { down } from './down.ts';
import { install } from './install.ts';
import { alone } from './lock.ts';
import { kubeconfigPath } from './places.ts';
import { status } from './status.ts';
import { up } from './up.ts';

const usage = `lab.ts install              build and install what is missing (a cache outside the tree keeps it)
lab.ts up [--user NAME]…    bring the two-node cluster up; each user gets a context and no rights
lab.ts status               what runs; exit 1 when something is missing
lab.ts env                  print the line that sets KUBECONFIG
lab.ts down                 end and remove everything; exit 1 when something remains
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { user: { type: 'string', multiple: true, default: [] } },
  });
  switch (positionals[0]) {
    case 'install':
      await install();
      return 0;
    case 'up':
      await alone(() => up({ weakUsers: values.user }));
      return 0;
    case 'status':
      return (await status()) ? 0 : 1;
    case 'env':
      process.stdout.write(`export KUBECONFIG=${kubeconfigPath}\n`);
      return 0;
    case 'down': {
      const left = await alone(down);
      process.stdout.write(left.length === 0 ? 'nothing left\n' : `left:\n${left.join('\n')}\n`);
      return left.length === 0 ? 0 : 1;
    }
    default:
      process.stderr.write(usage);
      return 2;
  }
}

// A reader such as `head` may close the pipe early; that is no failure.
process.stdout.on('error', () => undefined);

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
