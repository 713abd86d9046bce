import type { ForwardedHeaders } from './forwarded-headers.js';
import { hasMethods } from './has-methods.js';

/** Copies a record with these headers, which replace those of the same name in any spelling. */
export function withHeaders<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  headers: ForwardedHeaders,
): Record<string, Value | string> {
  const others = Object.entries(record ?? {}).filter(
    ([name]) => !Object.hasOwn(headers, name.toLowerCase()),
  );
  return { ...Object.fromEntries(others), ...headers };
}

/**
 * Copies headers of NATS, which are of a class that is not loaded here, with these headers. The
 * application's headers are never changed, because several callers may share them.
 */
export function withNatsHeaders(given: object, headers: ForwardedHeaders): unknown {
  const copy: unknown = Reflect.construct(given.constructor, []);
  if (!hasMethods(given, 'keys', 'values') || !hasMethods(copy, 'append')) {
    throw new TypeError('The headers of a NatsRecord are not those of NATS.');
  }
  const names = given.keys();
  for (const name of Array.isArray(names) ? names.map(String) : []) {
    const values = given.values(name);
    if (Object.hasOwn(headers, name.toLowerCase()) || !Array.isArray(values)) continue;
    for (const value of values) copy.append(name, value);
  }
  for (const [name, value] of Object.entries(headers)) copy.append(name, value);
  return copy;
}
