import * as vscode from 'vscode';
import type { CommandId } from '../commands/ids.ts';
import type { TreeNode } from './treeNode.ts';

const OPEN: CommandId = 'dnscope.openCapture';

/** Captures, archives and folders dropped on the DNS view open as one trace. */
export class CaptureDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = ['text/uri-list'];
  readonly dragMimeTypes: readonly string[] = [];

  async handleDrop(_target: TreeNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const uris = uriList((await dropped.get('text/uri-list')?.asString()) ?? '');
    if (uris.length > 0) await vscode.commands.executeCommand(OPEN, uris[0], uris);
  }
}

/** RFC 2483 §5: a URI a line, `#` begins a comment. */
function uriList(text: string): readonly vscode.Uri[] {
  return text
    .split(/\r?\n/u)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
}
