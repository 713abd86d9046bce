/**
 * Returns a member of an object. Its methods are bound to it, so that they work through a proxy.
 */
export function boundMember(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  if (typeof value !== 'function') return value;
  return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
}
