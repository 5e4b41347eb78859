/**
 * Records examples/first-story.pcapng: the first story, traced in the lab by the product's own command, saved by its own
 * store. `node test/cluster/lab/recordSample.ts` with the lab up.
 */
import * as path from 'node:path';
import { runTrace } from '../../../src/cli/trace.ts';
import { InProcessTrace } from '../../../src/cli/inProcessTrace.ts';
import { defaultTraceDeps } from '../../../src/cli/traceDeps.ts';
import { labKubeconfig, startScenario } from './labClient.ts';
import { silentUpstream } from './scenarios/silentUpstream.ts';
import { labImages } from './images.ts';

const target = path.join(import.meta.dirname, '../../../examples/first-story.pcapng');
process.env['KUBECONFIG'] = labKubeconfig();
await startScenario(silentUpstream);

let saved: Promise<unknown> = Promise.resolve();
/** Saves when the command asks for its summary: everything was captured by then. */
class RecordedTrace extends InProcessTrace {
  override summary(files: Parameters<InProcessTrace['summary']>[0]): ReturnType<InProcessTrace['summary']> {
    saved = this.save(target);
    return super.summary(files);
  }

  override dispose(): void {
    void saved.finally(() => {
      super.dispose();
    });
  }
}

const deps = defaultTraceDeps();
const io = {
  stdout: (text: string) => process.stdout.write(text),
  stderr: (text: string) => process.stderr.write(text),
  readFile: () => Promise.reject(new Error('nothing to read')),
};
const argv = ['deploy/order-service', '-n', 'shop', '--duration', '30s', '--yes', '--image', labImages.netshoot];
process.exitCode = await runTrace(argv, io, {
  ...deps,
  makeTrace: (reports) => Promise.resolve(new RecordedTrace({ slowNs: 5_000_000 }, reports)),
});
process.stdout.write(`${target}: ${JSON.stringify(await saved)}\n`);
