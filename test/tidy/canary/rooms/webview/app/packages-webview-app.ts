import { provideVSCodeDesignSystem } from '@vscode/webview-ui-toolkit';

export const planted = provideVSCodeDesignSystem;
