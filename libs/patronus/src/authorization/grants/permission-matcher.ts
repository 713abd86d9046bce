/** Permission that is required, with every pattern that would grant it. */
export interface RequiredPermission {
  readonly name: string;
  /** Patterns that grant it, the most exact first: `a.b.c`, `a.b.*`, `a.*` and `*`. */
  readonly candidates: readonly string[];
}

/** Compiles a permission name for {@link isGranted}. Call it once, at start. */
export function compilePermission(name: string): RequiredPermission {
  const candidates = [name];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    candidates.push(`${name.slice(0, dot)}.*`);
  }
  candidates.push('*');
  return { name, candidates };
}

/**
 * Returns true if one of `grants` holds a pattern that covers `required`. The cost is one look-up
 * for each segment and set, regardless of the number of patterns.
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
