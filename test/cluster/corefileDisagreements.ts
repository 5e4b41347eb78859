/**
 * Prints what lint and CoreDNS disagree about, alike ones together, with an example each:
 * `[DNSCOPE_STARTS=n] [DNSCOPE_SEED=n] node test/cluster/corefileDisagreements.ts [TEXT]`. TEXT keeps those that hold it.
 */
import { corednsBinary } from './corednsVerdict.ts';
import { compare, disagreements, figures } from './corefileAgreement.ts';
import { documentationCases, randomCases, writtenCases } from './corefileCases.ts';

const binary = corednsBinary();
if (binary === undefined) throw new Error('CoreDNS 1.15.0 is not in the cache: npm run lab:install builds it');
const seed = Number(process.env['DNSCOPE_SEED'] ?? Date.now() % 1_000_000_000);
const written = [...writtenCases(), ...(await documentationCases())];
const cases = [...written, ...randomCases(seed, Number(process.env['DNSCOPE_STARTS'] ?? 1_500), written)];
const result = await compare(binary, cases);
process.stdout.write(`seed ${seed}: ${figures(result)}\n`);
for (const { what, of } of disagreements(result)) {
  if (!what.includes(process.argv[2] ?? '')) continue;
  process.stdout.write(`\n${of.length} × ${what}\n`);
  for (const { label, text, message, errors } of of.slice(0, 2)) {
    const errorLines = errors.map(({ rule, start, message: said }) => `  ${rule} ${start.line}: ${said}`);
    process.stdout.write(`${[`  ${label}: ${message}`, ...errorLines, `  ${JSON.stringify(text)}`].join('\n')}\n`);
  }
}
