/** The Corefiles that lint and CoreDNS are compared on: fixtures, documentation, and from chance. */
import { readFileSync, readdirSync } from 'node:fs';
import type { CorefileCase } from './corefileAgreement.ts';
import { documentationExamples } from './documentationExamples.ts';
import { Random, damage, writeCorefile, writeSlip } from './randomCorefile.ts';

const FIXTURES = new URL('../fixtures/corefiles/', import.meta.url);

function fixtures(folder: string): readonly CorefileCase[] {
  return readdirSync(new URL(folder, FIXTURES))
    .filter((name) => name.endsWith('.corefile'))
    .map((name) => ({
      label: `${folder}${name}`,
      text: startable(readFileSync(new URL(folder + name, FIXTURES), 'utf8')),
    }));
}

/** Gives kubernetes an API server nobody listens on, so that it starts outside a cluster. */
function startable(text: string): string {
  return text.replace(/^(\s*kubernetes [^{\n]*\{)$/gmu, '$1\n endpoint http://127.0.0.1:1\n startup_timeout 10ms');
}

/** Files that stand for this release: fixtures whose lint options name another one are left out. */
export function writtenCases(): readonly CorefileCase[] {
  return ['defaults/', 'rules/'].flatMap(fixtures).filter(({ label }) => {
    try {
      const options: unknown = JSON.parse(readFileSync(new URL(label.replace('.corefile', '.json'), FIXTURES), 'utf8'));
      return !Object.keys(options as object).some((key) => key !== 'severities');
    } catch {
      return true;
    }
  });
}

export async function documentationCases(): Promise<readonly CorefileCase[]> {
  return (await documentationExamples()).map(({ label, text }) => ({
    label: `documentation: ${label}`,
    text: startable(text),
  }));
}

/** `count` Corefiles of `seed`: by grammar, with slips in one plugin, damaged ones, and stanzas known to start. */
export function randomCases(seed: number, count: number, originals: readonly CorefileCase[]): readonly CorefileCase[] {
  const random = new Random(seed);
  const stanzas = readFileSync(new URL('stanzas.txt', FIXTURES), 'utf8').trimEnd().split('\n\n');
  return Array.from({ length: count }, (_, index) => ({
    label: `seed ${seed}, file ${index}`,
    text: randomCase(random, index, originals, stanzas),
  }));
}

function randomCase(
  random: Random,
  index: number,
  originals: readonly CorefileCase[],
  stanzas: readonly string[],
): string {
  switch (index % 8) {
    case 0:
    case 1:
    case 2:
      return writeCorefile(random);
    case 3:
    case 4:
      return writeSlip(random);
    case 5:
      return damage(random, random.pick(originals).text);
    case 6:
      return damage(random, writeCorefile(random));
    default:
      return `z${index}.org {\n${random.pick(stanzas)}\n${random.pick(stanzas)}\n}\n`;
  }
}
