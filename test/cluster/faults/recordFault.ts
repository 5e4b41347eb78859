/** One recording: the product's own trace command watches while a recipe's traffic runs, and its own store saves what it saw. */
import { InProcessTrace } from '../../../src/cli/inProcessTrace.ts';
import { runTrace } from '../../../src/cli/trace.ts';
import { defaultTraceDeps } from '../../../src/cli/traceDeps.ts';
import type { Finding } from '../../../src/core/findings/finding.ts';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { labKubeconfig } from '../lab/labClient.ts';
import { drive, isListening, traceArguments } from './drive.ts';
import { FaultLab } from './faultLab.ts';
import type { Recipe } from './recipe.ts';

const SLOW_NS = 5_000_000;

/** Brings the fault about, records it into `file`, mends the lab, and gives what the live trace found. */
export async function recordFault(recipe: Recipe, file: string): Promise<readonly Finding[]> {
  process.env['KUBECONFIG'] = labKubeconfig();
  const lab = new FaultLab();
  try {
    await recipe.apply(lab);
    return await traced(recipe, lab, file);
  } finally {
    await lab.mend();
  }
}

async function traced(recipe: Recipe, lab: FaultLab, file: string): Promise<readonly Finding[]> {
  let found: readonly Finding[] = [];
  let saved: Promise<unknown> = Promise.resolve();
  let stop = (): void => undefined;
  let course = '';
  let traffic: Promise<unknown> | undefined;

  /** Saves when the command asks for its summary: everything was captured by then. */
  class RecordedTrace extends InProcessTrace {
    override summary(files: Parameters<InProcessTrace['summary']>[0]): ReturnType<InProcessTrace['summary']> {
      saved = this.save(file);
      const summary = super.summary(files);
      found = evaluateFindings(this.engine).findings;
      return summary;
    }

    override dispose(): void {
      void saved.finally(() => super.dispose());
    }
  }

  const deps = {
    ...defaultTraceDeps(),
    makeTrace: (reports: ConstructorParameters<typeof InProcessTrace>[1]) =>
      Promise.resolve(new RecordedTrace({ slowNs: SLOW_NS }, reports)),
    onInterrupt: (handler: () => void) => {
      stop = handler;
      return { dispose: () => undefined };
    },
  };
  const io = {
    stdout: (text: string) => {
      if (traffic === undefined && isListening(text)) traffic = drive(recipe, lab).finally(() => stop());
    },
    stderr: (text: string) => {
      course += text;
    },
    readFile: () => Promise.reject(new Error('nothing to read')),
  };
  const code = await runTrace(traceArguments(recipe), io, deps);
  if (code !== 0 || traffic === undefined) throw new Error(`The trace ended with ${String(code)}: ${course}`);
  await traffic;
  await saved;
  return found;
}
