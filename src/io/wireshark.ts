import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ProblemError } from '../base/problem.ts';
import type { PacketViewer } from '../session/trace/packetViewer.ts';

const PREFIX = 'dnscope-wireshark-';
/** Wireshark reads a packet again when it is clicked: its file has to stay for a while. */
const KEPT_MS = 24 * 3600 * 1000;

export class Wireshark implements PacketViewer {
  find(): string | undefined {
    return wiresharkPlaces(process.platform, process.env).find((file) => fs.existsSync(file));
  }

  async open(program: string, file: string): Promise<void> {
    const child = spawn(programIn(program), [file], { detached: true, stdio: 'ignore', shell: false });
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new ProblemError(
        {
          code: 'wireshark-not-started',
          detail: `${program} could not be started: ${error instanceof Error ? error.message : String(error)}`,
          recover: 'Set dnscope.wiresharkPath to Wireshark’s program',
        },
        { cause: error },
      );
    }
    // It goes on when the editor ends.
    child.unref();
  }

  temporaryFile(name: string): string {
    removeOld();
    return path.join(fs.mkdtempSync(path.join(os.tmpdir(), PREFIX)), name);
  }
}

/** Where Wireshark's installers put the program. */
export function wiresharkPlaces(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (platform === 'darwin') {
    const folders = [
      '/Applications',
      ...(environment['HOME'] === undefined ? [] : [`${environment['HOME']}/Applications`]),
    ];
    return folders.map((folder) => programIn(`${folder}/Wireshark.app`));
  }
  if (platform === 'win32') {
    const folders = [environment['ProgramFiles'], environment['ProgramFiles(x86)']];
    return folders.filter((folder) => folder !== undefined).map((folder) => `${folder}\\Wireshark\\Wireshark.exe`);
  }
  // A relative folder of PATH is whatever lies in the one that is open.
  const folders = (environment['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return folders.map((folder) => path.posix.join(folder, 'wireshark'));
}

/** An application of macOS is a folder; its program lies inside. */
function programIn(program: string): string {
  return /\.app\/?$/u.test(program) ? path.posix.join(program, 'Contents/MacOS/Wireshark') : program;
}

function removeOld(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(os.tmpdir(), name);
    try {
      if (Date.now() - fs.statSync(folder).mtimeMs > KEPT_MS) fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's: theirs to delete.
    }
  }
}
