import { parseOptions, type ParsedHashOptions } from '@node-rs/argon2';

/** The costliest argon2 hash that is computed, whoever made it: a bad row must not stop the process. */
export const ARGON2_BOUNDS = { memoryCost: 262_144, timeCost: 16, parallelism: 16 } as const;

const VERSION_19 = /^\$argon2(?:id|i|d)\$v=19\$/;

/** The parameters of a PHC string (RFC 9106). Undefined where it is no argon2 hash, or out of bounds. */
export function readArgon2(stored: string): ParsedHashOptions | undefined {
  if (stored.length > 512 || !VERSION_19.test(stored)) return undefined;
  const parameters = parse(stored);
  if (parameters === undefined) return undefined;
  const { memoryCost, timeCost, parallelism } = parameters;
  const bounded =
    memoryCost <= ARGON2_BOUNDS.memoryCost &&
    timeCost <= ARGON2_BOUNDS.timeCost &&
    parallelism <= ARGON2_BOUNDS.parallelism;
  return bounded ? parameters : undefined;
}

function parse(stored: string): ParsedHashOptions | undefined {
  try {
    return parseOptions(stored);
  } catch {
    return undefined;
  }
}
