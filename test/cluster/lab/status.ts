import { labKubectl } from './controlPlane.ts';
import { kubeconfigPath } from './places.ts';
import { pidOf, recordedNames } from './processes.ts';

/** Prints what runs; true when every recorded process runs and the API server answers. */
export async function status(): Promise<boolean> {
  const names = await recordedNames();
  if (names.length === 0) {
    process.stdout.write('The lab is down\n');
    return false;
  }
  let whole = true;
  for (const name of names) {
    const pid = await pidOf(name);
    whole &&= pid !== undefined;
    process.stdout.write(`${name.padEnd(26)} ${pid === undefined ? 'ended' : `pid ${pid}`}\n`);
  }
  try {
    process.stdout.write(`\n${await labKubectl(['get', 'nodes', '-o', 'wide'])}`);
    const selection = ['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'wide'];
    process.stdout.write(`\n${await labKubectl(selection)}`);
  } catch (error) {
    process.stdout.write(
      `\nThe API server does not answer: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    whole = false;
  }
  process.stdout.write(`\nexport KUBECONFIG=${kubeconfigPath}\n`);
  return whole;
}
