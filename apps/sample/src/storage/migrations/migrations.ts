import { auditTrail } from './audit-trail.migration.js';
import { clinicTables } from './clinic-tables.migration.js';
import { members } from './members.migration.js';
import type { Migration } from './migration.js';

/** All migrations in the order of their numbers. */
export const MIGRATIONS: readonly Migration[] = [clinicTables, auditTrail, members];
