/** `npm run pictures`: takes the pictures of test/webview/pictures anew, of what `npm run build` made; those that still look the same stay. */
import { execFileSync } from 'node:child_process';
import { nodeOptionsFree, repositoryRoot } from './paths.ts';

for (const argv of [['scripts/build.ts'], ['--test', 'test/webview/pictures.test.ts']])
  execFileSync(process.execPath, argv, {
    cwd: repositoryRoot,
    env: { ...nodeOptionsFree(), DNSCOPE_PICTURES: 'update' },
    stdio: 'inherit',
  });
