import { suppressionsOf } from '../suppression.ts';
import type { Rule } from './rule.ts';

/** `# dnscope: ignore` without rule codes or without a reason does nothing. */
export const suppressionWithoutReason: Rule = {
  code: 'CF001',
  title: 'Comment that switches a rule off is incomplete',
  *check(context) {
    for (const { codes, reason, start, end } of suppressionsOf(context.model.corefile)) {
      const wrong = codes.find((code) => !/^CF\d{3}$/u.test(code));
      if (codes.length > 0 && wrong === undefined && reason !== '') continue;
      const missing = codes.length === 0 ? 'a rule' : wrong === undefined ? 'a reason' : 'rules by their code';
      yield {
        severity: 'warning',
        message: `This comment switches nothing off, it needs ${missing}: # dnscope: ignore CF503 -- why it is meant so`,
        at: { start, end },
      };
    }
  },
};
