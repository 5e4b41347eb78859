/** `npm run fix`: everything that a machine can mend. What is left is printed, and is for a person. */
import { runProgram } from './runProgram.ts';

const lint = await runProgram('eslint', ['--fix', '.']);
const format = await runProgram('prettier', ['--log-level', 'warn', '--write', '.']);
process.exitCode = Math.max(lint.exitCode, format.exitCode);
