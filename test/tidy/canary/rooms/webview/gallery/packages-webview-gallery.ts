import type { Uri } from 'vscode';

export type Planted = Uri;
