/**
 * `npm run bench [-- --packets N]`: a DNS capture of our own making, read by us, by tshark and by dnscap in one run on one machine; what a
 * packet costs from 10^5 to 10^7; the live path on one core. Before that, diagnostics of a large Corefile while it is typed in, and filters and
 * sorts of 5 million rows, and the panel in Chromium, over as many and while packets come in. Each part is a file that runs alone as well.
 * Figures are ratios: machines differ, and the same machine from minute to minute.
 */
import { parseArgs } from 'node:util';
import { benchCapture, benchFlatness } from './captureBench.ts';
import { benchCorefile } from './corefileBench.ts';
import { filledTrace } from './filledTrace.ts';
import { benchFilters } from './filterBench.ts';
import { benchLive } from './liveBench.ts';
import { benchPanel } from './panelBench.ts';
import { benchRunningPanel } from './runningBench.ts';
import { benchSorts } from './sortBench.ts';

const { values } = parseArgs({ options: { packets: { type: 'string', default: '4540234' } } });
const packets = Number(values.packets);
if (!Number.isSafeInteger(packets) || packets < 2) {
  process.stderr.write('--packets takes a whole number from 2\n');
  process.exit(2);
}
benchCorefile();
const rows = filledTrace();
benchFilters(rows);
benchSorts(rows);
await benchLive();
await benchPanel();
await benchRunningPanel();
benchCapture(packets);
benchFlatness();
