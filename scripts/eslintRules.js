// Two rules that no package offers in this form. Plain JavaScript, because ESLint loads it in editors on any Node.

/** `eslint-disable…` without `-- why` hides a decision from the reader. */
const disableNeedsReason = {
  meta: { type: 'problem', schema: [], messages: { reason: 'Say why after `--`: `{{ directive }} rule -- reason`.' } },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const directive = /^\s*(eslint-disable(?:-next-line|-line)?|@ts-expect-error|@ts-ignore)\b(.*)/s.exec(
          comment.value,
        );
        if (directive === null) continue;
        const [, name = '', rest = ''] = directive;
        const said = name.startsWith('@ts-') ? rest.trim().length > 0 : /\s--\s+\S/.test(rest);
        if (!said) context.report({ loc: comment.loc, messageId: 'reason', data: { directive: name } });
      }
    },
  }),
};

/** Unfinished work is an issue with a number: `TODO(#123): …`. */
const noBareTodo = {
  meta: { type: 'problem', schema: [], messages: { bare: 'Finish it, or name its issue: `TODO(#123): …`.' } },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const bare = /\b(?:TODO(?!\(#\d+\): )|FIXME|XXX|HACK)\b/.test(comment.value);
        if (bare) context.report({ loc: comment.loc, messageId: 'bare' });
      }
    },
  }),
};

export const repositoryRules = { rules: { 'disable-needs-reason': disableNeedsReason, 'no-bare-todo': noBareTodo } };
