// Leaves sentences alone: people read them, and no decision depends on their words. Codes, claim
// names, separators and the parts of a Bearer challenge are always mutated.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

function textOf(node) {
  if (node.type === 'ObjectExpression') return textOfAll(node.properties);
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'TemplateLiteral') return node.quasis.map((one) => one.value.raw).join('');
  return '';
}

/** The text of `{ reason: 'a sentence' }`, which is as much for people as the sentence itself. */
function textOfAll(properties) {
  const only = properties.length === 1 ? properties[0] : undefined;
  return only?.key?.name === 'reason' ? textOf(only.value) : '';
}

const isSentence = (text) => /\p{L} \p{L}/u.test(text) && !text.includes('Bearer');

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'sentences', {
    shouldIgnore: ({ node }) => (isSentence(textOf(node)) ? 'a sentence' : undefined),
  }),
];
