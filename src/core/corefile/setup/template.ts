import type { Dispenser } from '../dispenser.ts';
import type { CorefileToken } from '../lexer.ts';
import { CLASS_NAMES, RCODE_NAMES, TYPE_NAMES } from './dnsNames.ts';
import { wrongExpression } from './expressions.ts';
import { firstRefusal } from './firstRefusal.ts';
import { textTemplateProblem } from './goTextTemplate.ts';
import { parseUint } from './goValues.ts';
import { wrongMnemonic } from './mnemonics.ts';
import { MAX_REGEXP_LENGTH, wrongRegexp } from './wrongRegexp.ts';
import type { PluginSetup, Refusal } from './pluginSetup.ts';
import { optionsOf, refuse, shownWord, subjectOf, unknownOption, wrongCount, wrongNumber } from './refuse.ts';

/** Names no variable may take: what expressions can call (plugin/pkg/expression, plugin/template, expr 1.17) and its words. */
const RESERVED = new Set(
  (
    'incidr metadata type name class proto size client_ip port id opcode do bufsize server_ip server_port group ' +
    'abs all any bitand bitnand bitnot bitor bitshl bitshr bitushr bitxor ceil concat count date duration filter find ' +
    'findIndex findLast findLastIndex first flatten float floor fromBase64 fromJSON fromPairs get groupBy hasPrefix ' +
    'hasSuffix indexOf int join keys last lastIndexOf len lower map max mean median min none now one reduce repeat ' +
    'replace reverse round sort sortBy split splitAfter string sum take timezone toBase64 toJSON toPairs trim trimPrefix ' +
    'trimSuffix uniq upper values ' +
    'and contains else endsWith false if in let matches nil not or startsWith true'
  ).split(' '),
);

/** plugin/template/setup.go templateParse. */
export const templateSetup: PluginSetup = (words) => {
  for (let name = words.next(); name !== undefined; name = words.next()) {
    const [dnsClass, type] = [words.nextArg(), words.nextArg()];
    if (dnsClass === undefined || type === undefined)
      return wrongCount('template', name, dnsClass === undefined ? [] : [dnsClass], 2);
    const wrong =
      wrongMnemonic(words, 'template', dnsClass, CLASS_NAMES, 'class') ??
      wrongMnemonic(words, 'template', type, TYPE_NAMES, 'type');
    if (wrong !== undefined) return wrong;
    words.remainingArgs();
    for (const option of optionsOf(words)) {
      const refusal = judge(words, option);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
};

function judge(words: Dispenser, option: CorefileToken): Refusal | undefined {
  const subject = subjectOf('template', option);
  switch (words.valueOf(option)) {
    case 'match': {
      const args = words.remainingArgs();
      return (
        wrongCount('template', option, args, 1) ??
        firstRefusal(args, (token) => wrongRegexp(words, subject, token, MAX_REGEXP_LENGTH))
      );
    }
    case 'answer':
    case 'additional':
    case 'authority': {
      const args = words.remainingArgs();
      return wrongCount('template', option, args, 1) ?? firstRefusal(args, (token) => wrongText(words, subject, token));
    }
    case 'var':
      return wrongVariable(words, option, words.remainingArgs());
    case 'expr':
      return wrongExpression(words, 'template', option, words.remainingArgs());
    case 'rcode': {
      const rcode = words.nextArg();
      if (rcode === undefined) return wrongCount('template', option, [], 1, 1);
      return wrongMnemonic(words, subject, rcode, RCODE_NAMES, 'response code');
    }
    case 'ederror': {
      const args = words.remainingArgs();
      const [code] = args;
      return wrongCount('template', option, args, 1, 2) ?? (code && wrongCode(words, subject, code));
    }
    case 'fallthrough':
    case 'upstream':
      words.remainingArgs();
      return undefined;
    default:
      return unknownOption(words, 'template', option);
  }
}

function wrongCode(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  return wrongNumber(words, subject, token, { max: 65_535, read: (text) => parseUint(text, 64) });
}

function wrongText(words: Dispenser, subject: string, token: CorefileToken): Refusal | undefined {
  const problem = textTemplateProblem(words.valueOf(token));
  if (problem === undefined) return undefined;
  return refuse(
    'CF429',
    token,
    `${subject} ${shownWord(problem)}, CoreDNS can't read it. Correct what stands between {{ and }}`,
  );
}

function wrongVariable(words: Dispenser, option: CorefileToken, args: readonly CorefileToken[]): Refusal | undefined {
  const [variable, ...expression] = args;
  const missing = wrongCount('template', option, args, 2);
  if (missing !== undefined || variable === undefined) return missing;
  const name = words.valueOf(variable);
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/u.test(name))
    return refuse(
      'CF306',
      variable,
      `template option var needs a name of letters, digits and _, ${shownWord(name)} is none. Choose another`,
    );
  if (RESERVED.has(name))
    return refuse('CF306', variable, `template option var can't take the name ${name}, it is taken. Choose another`);
  return wrongExpression(words, 'template', option, expression);
}
