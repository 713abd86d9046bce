const DEPTH = 5;

/**
 * Roles with `count` permissions in all, the last of which the receptionist inherits five levels
 * down: `patients.read`.
 */
export function roleMap(count) {
  const names = Array.from({ length: count - 1 }, (_, index) => `area-${index}.record.read`);
  const share = Math.ceil(names.length / DEPTH);
  const roles = { 'level-0': [...names.slice(0, share), 'patients.read'] };
  for (let level = 1; level < DEPTH; level++) {
    roles[level === DEPTH - 1 ? 'receptionist' : `level-${level}`] = {
      inherits: [`level-${level - 1}`],
      permissions: names.slice(level * share, (level + 1) * share),
    };
  }
  return roles;
}
