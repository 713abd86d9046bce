import { fileURLToPath } from 'node:url';

/** As `drizzle-kit generate` writes them. Once released, a migration never changes. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));
