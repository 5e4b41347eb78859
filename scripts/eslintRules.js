// Three rules that no package offers in this form. Plain JavaScript, because ESLint loads it in editors on any Node.

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

/** Words on keys, which are no texts. */
const KEY_NAMES = /^(?:Enter|Escape|Tab|Home|End|Delete|Backspace|Space|Shift|Control|Alt|Meta)$/;
/** Names of things, which are the same in every language; states of a pod are Kubernetes' own words. */
const PROPER_NAMES = /^(?:Corefile|Parquet|JSON Lines|NodeLocal DNS(?:Cache)?|Running)$/;
/** A text: two words, the first with a capital; or three words; or a capitalised word alone. */
const TEXT = /^\p{Lu}[\p{L}'’]+[,:…]? \p{L}|\p{L}{2,} \p{L}{2,} \p{L}{2,}|^\p{Lu}\p{Ll}{2,}…?$/u;
/** What is shown as it stands. */
const TEXT_ATTRIBUTES =
  /^(?:title|label|alt|placeholder|text|summary|hint|aria-(?:label|description|valuetext|roledescription))$/;
/** Not read by users: what a developer throws, what the log keeps, what CSS is called. */
const NOT_SHOWN = /^(?:class|className|key|id|role|slot|type|href|src|rel|data-.*)$/;

const calleeName = ({ callee }) => (callee.type === 'MemberExpression' ? callee.property.name : callee.name);

/** Where the literal ends up, as far as its surroundings tell: `through` l10n.t, `quiet` (no user reads it), `shown`, or `open`. */
function useOf(node) {
  let child = node;
  for (let parent = node.parent; parent; child = parent, parent = parent.parent) {
    switch (parent.type) {
      case 'CallExpression': {
        if (child === parent.callee) return 'quiet';
        const { callee } = parent;
        if (callee.type === 'MemberExpression' && callee.object.name === 'l10n' && callee.property.name === 't')
          return parent.arguments[0] === child ? 'through' : 'open';
        if (
          callee.type === 'MemberExpression' &&
          /^(?:#?log|console)$/.test(callee.object.property?.name ?? callee.object.name ?? '')
        )
          return 'quiet';
        if (calleeName(parent) === 'querySelector') return 'quiet';
        break;
      }
      case 'NewExpression':
        return /Error$/.test(parent.callee.name ?? '') && parent.callee.name !== 'ProblemError' ? 'quiet' : 'open';
      case 'ImportDeclaration':
      case 'ImportExpression':
      case 'TSLiteralType':
        return 'quiet';
      case 'BinaryExpression':
        if (child === node && parent.operator !== '+') return 'quiet';
        break;
      case 'SwitchCase':
        return child === parent.test ? 'quiet' : 'open';
      case 'Property':
        if (child === parent.key) return 'quiet';
        break;
      case 'JSXAttribute': {
        const name = parent.name.name?.name ?? parent.name.name;
        if (NOT_SHOWN.test(name)) return 'quiet';
        return TEXT_ATTRIBUTES.test(name) ? 'shown' : 'open';
      }
      case 'JSXSpreadAttribute':
        return 'open';
      case 'JSXElement':
      case 'JSXFragment':
        return 'shown';
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        return 'open';
    }
  }
  return 'open';
}

/**
 * What a user of host or panel reads goes through `l10n.t`, so that it can be translated. A literal is taken for such a
 * text by its look and its place; names that look like one are excused with a reason.
 */
const translatedText = {
  meta: { type: 'problem', schema: [], messages: { bare: 'A text for users goes through l10n.t: “{{ text }}”.' } },
  create: (context) => {
    const check = (node, text) => {
      const use = useOf(node);
      if (use === 'through' || use === 'quiet') return;
      const plain = text.trim();
      const isText =
        use === 'shown'
          ? /\p{L}{2}/u.test(plain)
          : TEXT.test(plain) && !KEY_NAMES.test(plain) && !PROPER_NAMES.test(plain);
      if (isText) context.report({ node, messageId: 'bare', data: { text: plain.slice(0, 60) } });
    };
    return {
      JSXText: (node) => check(node, node.value),
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateElement: (node) => check(node.parent, node.value.cooked ?? ''),
    };
  },
};

export const repositoryRules = {
  rules: { 'disable-needs-reason': disableNeedsReason, 'no-bare-todo': noBareTodo, 'translated-text': translatedText },
};
