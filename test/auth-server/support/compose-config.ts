import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const COMPOSE_FILE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

type Variables = Readonly<Record<string, string>>;

const SERVICE = z.looseObject({
  environment: z.record(z.string(), z.string()).default({}),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  volumes: z.array(z.string()).default([]),
});
const CONFIG = z.looseObject({ services: z.record(z.string(), SERVICE) });

/** Reads `compose.yaml` as `docker compose config` does, with the variables of an `.env` file. */
export function composeConfig(variables: Variables): z.output<typeof CONFIG> {
  return CONFIG.parse(filled(parse(readFileSync(COMPOSE_FILE, 'utf8')), variables));
}

function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolated(value, variables);
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, filled(item, variables)]),
  );
}

/** The forms of the Compose specification that the file may use: `$$`, `${A}`, `${A:-b}` and `${A:?text}`. */
function interpolated(text: string, variables: Variables): string {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '$') result += text[at];
    else if (text[at + 1] === '$') {
      result += '$';
      at += 1;
    } else {
      const end = closingBrace(text, at + 1);
      result += replacement(text.slice(at + 2, end), variables);
      at = end;
    }
  }
  return result;
}

function closingBrace(text: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a brace is not closed: ${text}`);
}

function replacement(expression: string, variables: Variables): string {
  const [, name = '', operator, rest = ''] = /^(\w+)(?:(:-|:\?)(.*))?$/s.exec(expression) ?? [];
  if (name === '') throw new Error(`not understood: ${expression}`);
  const value = variables[name] ?? '';
  if (value !== '' || operator === undefined) return value;
  if (operator === ':?') throw new Error(`${name} is missing: ${rest}`);
  return interpolated(rest, variables);
}
