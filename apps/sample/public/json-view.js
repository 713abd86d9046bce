import { element } from './element.js';

const JSON_PART = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g;

export function prettyJson(value) {
  const text = JSON.stringify(value, null, 2);
  const code = element('code');
  let end = 0;
  for (const match of text.matchAll(JSON_PART)) {
    const [whole, string, colon = ''] = match;
    const part = colon ? 'name' : string ? 'string' : 'literal';
    code.append(text.slice(end, match.index), element('span', { class: part }, string ?? whole));
    code.append(colon);
    end = match.index + whole.length;
  }
  code.append(text.slice(end));
  return code;
}
