import { Injectable } from '@nestjs/common';
import type { AuditEntry } from './audit-entry.js';

const MOST_ENTRIES = 1_000;

/** What was done in every tenant, newest first. */
@Injectable()
export class AuditTrail {
  private readonly entries: AuditEntry[] = [];

  record(entry: Omit<AuditEntry, 'at'>): void {
    this.entries.unshift({ at: new Date().toISOString(), ...entry });
    this.entries.length = Math.min(this.entries.length, MOST_ENTRIES);
  }

  list(): readonly AuditEntry[] {
    return this.entries;
  }
}
