import type { Severity } from '../../core/corefile/diagnostic.ts';

/** The words of the setting `dnscope.lint.severities`. */
const SEVERITIES: Readonly<Record<string, Severity | 'off'>> = {
  error: 'error',
  warning: 'warning',
  information: 'info',
  hint: 'hint',
  off: 'off',
};

/** Rule codes with the severity the user wants; entries that are no code or no severity are passed over. */
export function readSeverities(setting: unknown): Readonly<Record<string, Severity | 'off'>> {
  if (typeof setting !== 'object' || setting === null) return {};
  const read: [string, Severity | 'off'][] = [];
  for (const [code, word] of Object.entries(setting)) {
    const severity = typeof word === 'string' && Object.hasOwn(SEVERITIES, word) ? SEVERITIES[word] : undefined;
    if (/^CF\d{3}$/u.test(code) && severity !== undefined) read.push([code, severity]);
  }
  return Object.fromEntries(read);
}
