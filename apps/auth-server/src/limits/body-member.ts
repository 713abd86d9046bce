/** Reads a text from a body that nobody has checked yet; undefined where there is none. */
export function bodyMember(name: string): (body: unknown) => string | undefined {
  return (body) => {
    if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
    const value: unknown = Reflect.get(body, name);
    return typeof value === 'string' ? value : undefined;
  };
}
