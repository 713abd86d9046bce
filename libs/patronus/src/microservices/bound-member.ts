/** A member of an object; its methods are bound to it, so that a proxy in between does not matter. */
export function boundMember(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  if (typeof value !== 'function') return value;
  return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
}
