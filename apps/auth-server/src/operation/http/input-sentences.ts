import { z } from 'zod';

/** An issue of a schema: of Zod, or of the Standard Schema that NestJS reads. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** The kind of an issue of Zod. */
  readonly code?: unknown;
}

/** The parts of issues of Zod that a sentence needs. */
const ISSUE = z.discriminatedUnion('code', [
  z.object({ code: z.literal('unrecognized_keys') }),
  z.object({ code: z.literal('invalid_type'), expected: z.string() }),
  z.object({ code: z.literal('too_small'), origin: z.string(), minimum: z.number() }),
  z.object({ code: z.literal('too_big'), origin: z.string(), maximum: z.number() }),
  z.object({ code: z.literal('invalid_value'), values: z.array(z.unknown()) }),
]);

/** The texts that Zod writes by itself. Those of our schemas stay as they are. */
const OF_ZOD = /^(?:Invalid (?:input|option)|Too (?:small|big)|Unrecognized key)/;

const KINDS: Readonly<Record<string, string | undefined>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

/** Returns the sentence of an issue for a person. It never names unknown members. */
export function sentenceOf(issue: SchemaIssue): string {
  const { message, path = [] } = issue;
  const { data } = ISSUE.safeParse(issue);
  if (data === undefined || !OF_ZOD.test(message)) return message;
  if (data.code === 'unrecognized_keys') return 'Unknown members are not allowed.';
  if (data.code === 'invalid_value') return `Send one of these: ${data.values.join(', ')}.`;
  if (data.code === 'invalid_type') {
    const isMissing = path.length > 0 && message.endsWith('received undefined');
    return isMissing
      ? 'This value is missing.'
      : `Send ${KINDS[data.expected] ?? 'a JSON object'}.`;
  }
  const isSmall = data.code === 'too_small';
  if (data.origin === 'string') return `This value is too ${isSmall ? 'short' : 'long'}.`;
  const limit = isSmall ? `at least ${data.minimum}` : `at most ${data.maximum}`;
  return `Send ${data.origin === 'array' ? 'a list' : 'a number'} of ${limit}.`;
}
