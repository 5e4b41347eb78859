/**
 * What `answers-not-endpoints` could not hold against anything, so that its silence is not taken for an agreement: expected names without an answer to
 * compare, and answers beyond what is kept. Information.
 * Cost: the kept answers; all names of the trace only when an expected one has no answer.
 */
import type { AnswerTally } from '../trace/answerTally.ts';
import { expectationOf } from './expectation.ts';
import { listOf, plural, shownName, type FindingContext, type RuleHit } from './findingRule.ts';

const MOST_NAMED = 5;

export function uncompared(context: FindingContext, answers: AnswerTally): readonly RuleHit[] {
  const { engine } = context;
  const { names } = engine.trace;
  const missing = new Set(engine.expect.keys());
  for (const entry of missing.size === 0 ? [] : answers.entries()) {
    if (expectationOf(engine, entry)?.kind === 'list') missing.delete(names.textOf(entry.name).toLowerCase());
  }
  const asked = new Set<string>();
  for (let id = 0; missing.size > asked.size && id < names.size; id++) {
    const name = names.textOf(id).toLowerCase();
    if (missing.has(name)) asked.add(name);
  }
  const never = [...missing].filter((name) => !asked.has(name));
  return [
    ...(never.length === 0 ? [] : [neverAsked(never)]),
    ...(asked.size === 0 ? [] : [withoutAnswer([...asked])]),
    ...(answers.notCompared === 0 ? [] : [tooMany(answers.notCompared)]),
  ];
}

function neverAsked(names: readonly string[]): RuleHit {
  const who = listOf(names.map(shownName), MOST_NAMED);
  return {
    ...INFORMATION,
    cause: 'expected-never-asked',
    title: `${who} ${names.length === 1 ? 'was' : 'were'} never asked in this trace`,
    subject: { names: who, expected: names.length },
    explanation:
      'Addresses are expected for it, and no query in the captures asks for it: whether it is answered rightly is not known',
    nextSteps: ['Check how the name is written, and that the capture covers the time and the pods that ask for it'],
  };
}

function withoutAnswer(names: readonly string[]): RuleHit {
  const who = listOf(names.map(shownName), MOST_NAMED);
  return {
    ...INFORMATION,
    cause: 'expected-not-answered',
    title: `${who} ${names.length === 1 ? 'was' : 'were'} asked, and no answer could be compared with the expected addresses`,
    subject: { names: who, expected: names.length },
    explanation:
      'No response in the captures gives or denies addresses of the expected family: there was none, it was an error, or only another type was asked',
    nextSteps: ['See the lookups of the name, and the findings about queries without answers'],
  };
}

function tooMany(count: number): RuleHit {
  return {
    ...INFORMATION,
    cause: 'answers-not-compared',
    title: `${plural(count, 'answer')} ${count === 1 ? 'was' : 'were'} not compared: there are more different ones than are kept`,
    subject: { answers: count },
    explanation:
      'At most 16 different answers of a server to a question are kept, and so many addresses in all; what came after that was not held against anything',
    nextSteps: ['Analyse a shorter part of the capture'],
  };
}

const INFORMATION = {
  severity: 'info',
  confidence: 'exact',
  hop: 'name',
  ruledOut: [],
  lookups: [],
  proofs: [],
} as const;
