import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { administratorOf } from '../interop/administrator.js';
import { OAuthBed, SECRET } from '../support/oauth-bed.js';

/** Texts that PostgreSQL or an encoder refuses, and texts of extreme length. */
const HOSTILE = ['\u0000', 'a\u0000b', '\ud800', '\udc00a', '', 'x'.repeat(20_000)];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const SCHEMA = z.looseObject({
  $ref: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
const OPERATION = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: SCHEMA.optional() })) })
    .optional(),
});
const DOCUMENT = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), SCHEMA) }),
});

interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The parameters and members of an operation that take a text. */
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  /** The names of the members of the body, by its media type. */
  readonly members: readonly string[];
  readonly isForm: boolean;
}

function operationsOf(document: z.output<typeof DOCUMENT>): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, value]) => {
        const { parameters, requestBody } = OPERATION.parse(value);
        const [[type, { schema }] = ['', {}]] = Object.entries(requestBody?.content ?? {});
        const name = schema?.$ref?.split('/').at(-1) ?? '';
        const whole = document.components.schemas[name] ?? schema;
        const members = Object.keys(whole?.properties ?? {});
        return { method, path, parameters, members, isForm: type.includes('form') };
      }),
  );
}

/** Every request of an operation with one hostile text, in each place that takes one. */
function* requestsOf(operation: Operation, text: string): Iterable<HostileRequest> {
  const { method, path, parameters, members, isForm } = operation;
  const plain = (name: string) => (name.toLowerCase().includes('id') ? randomUUID() : 'plain');
  const addressed = (hostile?: string) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encode(name === hostile ? text || '%20' : plain(name)),
    );
  const bodyOf = (fields: Readonly<Record<string, unknown>>) =>
    isForm ? formOf(fields) : JSON.stringify(fields);
  const all = Object.fromEntries(members.map((name) => [name, plain(name)]));
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const headers: Record<string, string> = members.length > 0 ? { 'content-type': type } : {};
  const body = members.length > 0 ? bodyOf(all) : undefined;
  const request = { method, headers, ...(body !== undefined && { body }) };
  for (const { name, in: place } of parameters) {
    if (place === 'path') yield { ...request, path: addressed(name) };
    if (place === 'query') yield { ...request, path: `${addressed()}?${name}=${encode(text)}` };
  }
  for (const name of members) {
    yield { ...request, path: addressed(), body: bodyOf({ ...all, [name]: text }) };
    if (!isForm) {
      yield { ...request, path: addressed(), body: bodyOf({ ...all, [name]: { [text]: [text] } }) };
    }
  }
}

/** Encodes a text for an address. Half of a surrogate pair becomes the three bytes that no UTF-8 has. */
function encode(text: string): string {
  return Array.from(text)
    .map((one) => (/^[\ud800-\udfff]$/.test(one) ? '%ED%A0%80' : encodeURIComponent(one)))
    .join('');
}

function formOf(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .join('&');
}

describe('hostile texts', () => {
  let bed: OAuthBed;
  let operations: readonly Operation[];
  let token: string;

  beforeAll(async () => {
    bed = await OAuthBed.start({
      environment: { CLIENT_REGISTRATION: 'open', RATE_LIMITS: 'off' },
    });
    token = await administratorOf(bed);
    const { body } = await bed.platform.api('GET', '/docs/json');
    operations = operationsOf(DOCUMENT.parse(body));
  });
  afterAll(() => bed.close());

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 20), text]))(
    '%s in each place of each operation is never an error of the server',
    async (_shown, text) => {
      expect(operations.length).toBeGreaterThan(30);
      const failures: string[] = [];
      let sent = 0;
      for (const operation of operations) {
        for (const request of requestsOf(operation, text)) {
          sent += 1;
          const { method, path, headers, body } = request;
          const answer = await fetch(bed.url + path, {
            method: method.toUpperCase(),
            headers: { authorization: authorizationFor(path), ...headers },
            redirect: 'manual',
            ...(method !== 'get' && body !== undefined && { body }),
          });
          await answer.arrayBuffer();
          if (answer.status >= 500)
            failures.push(`${method} ${path} ${String(body).slice(0, 200)}`);
        }
      }
      expect(failures).toEqual([]);
      expect(sent).toBeGreaterThan(100);
    },
    60_000,
  );

  /** Endpoints of OAuth take the secret of a client, and the API the token of an administrator. */
  function authorizationFor(path: string): string {
    return path.startsWith('/oauth/') ? `Basic ${btoa(`machine:${SECRET}`)}` : `Bearer ${token}`;
  }
});
