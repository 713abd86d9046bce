/** A permission that is asked for, with every pattern that would grant it. */
export interface RequiredPermission {
  readonly name: string;
  /** `a.b.c` is granted by `a.b.c`, `a.b.*`, `a.*` and `*`: most exact first. */
  readonly candidates: readonly string[];
}

/** Compiles a permission name, once, into what {@link isGranted} looks up. */
export function compilePermission(name: string): RequiredPermission {
  const candidates = [name];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    candidates.push(`${name.slice(0, dot)}.*`);
  }
  candidates.push('*');
  return { name, candidates };
}

/**
 * Whether one of `grants` holds a pattern that covers `required`. Costs one look-up for each segment
 * and set, however many patterns the sets hold.
 */
export function isGranted(
  required: RequiredPermission,
  grants: readonly ReadonlySet<string>[],
): boolean {
  for (const patterns of grants) {
    for (const candidate of required.candidates) {
      if (patterns.has(candidate)) return true;
    }
  }
  return false;
}
