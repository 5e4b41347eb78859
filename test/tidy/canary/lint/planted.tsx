// Linted by lintCanary.test.ts, which fails unless each rule named after "planted" reports its line.
import { exec } from 'node:child_process'; // planted: no-restricted-imports
import { spawn } from 'node:child_process';
import { Problem } from '../../../../src/base/problem.ts'; // planted: @typescript-eslint/consistent-type-imports
import { type Brand } from '../../../../src/base/brand.ts'; // planted: @typescript-eslint/no-import-type-side-effects

const later = async (): Promise<Brand<number, 'Later'>> => 1 as Brand<number, 'Later'>;
later(); // planted: @typescript-eslint/no-floating-promises
[1].forEach(later); // planted: @typescript-eslint/no-misused-promises

type Shape = 'round' | 'square';
export function corners(shape: Shape): number {
  switch (shape) { // planted: @typescript-eslint/switch-exhaustiveness-check
    case 'square':
      return 4;
  }
  return 0;
}

export const loose = (value: any): Problem => value as Problem; // planted: @typescript-eslint/no-explicit-any
export const parsed = (): Problem => JSON.parse('{}'); // planted: @typescript-eslint/no-unsafe-return
export function fail(): never {
  throw 'a string'; // planted: @typescript-eslint/only-throw-error
}

export function paint(element: Element, text: string): void {
  element.innerHTML = text; // planted: no-restricted-syntax
  element['outerHTML'] = text; // planted: no-restricted-syntax
  element.insertAdjacentHTML('beforeend', text); // planted: no-restricted-syntax
}
export const Html = (text: string) => <p dangerouslySetInnerHTML={{ __html: text }} />; // planted: no-restricted-syntax

export const run = (command: string) => [exec(command), eval(command)]; // planted: no-eval
export const shell = () => spawn('ls', { shell: true }); // planted: no-restricted-syntax
export const careless = { rejectUnauthorized: false }; // planted: no-restricted-syntax
export const made = new Function('return 1'); // planted: @typescript-eslint/no-implied-eval
export const same = (a: unknown, b: unknown): boolean => a == b; // planted: eqeqeq

// eslint-disable-next-line eqeqeq -- nothing to disable here; planted: unused-directive
export const fine = 1;
export const quiet = (a: unknown) => a == 1; // eslint-disable-line eqeqeq // planted: repository/disable-needs-reason
// TODO: later; planted: repository/no-bare-todo
export const Stop = () => <button>Stop</button>; // planted: repository/translated-text
export const notice = (pod: string) => `Nothing of ${pod} can be watched`; // planted: repository/translated-text
export default fine; // planted: no-restricted-syntax
