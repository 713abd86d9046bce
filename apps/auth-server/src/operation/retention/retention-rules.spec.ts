import { describe, expect, it } from '@jest/globals';
import { lt } from 'drizzle-orm';
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { type RetentionRule, RetentionRules } from './retention-rules.js';

const notes = pgTable('notes', { id: text().primaryKey(), expiresAt: timestamp().notNull() });
const before = () => new Date(0);

const ruleNamed = (name: string, expired: RetentionRule['expired']): RetentionRule => ({
  name,
  table: notes,
  key: notes.id,
  expired,
});

describe('the retention rules', () => {
  it('take each name once', () => {
    const rules = new RetentionRules();
    rules.register(ruleNamed('notes', (moment) => lt(notes.expiresAt, moment(60))));
    expect(() => rules.register(ruleNamed('notes', () => undefined))).toThrow(
      'A retention rule notes exists.',
    );
    expect([...rules.conditions(before)]).toHaveLength(1);
  });

  it('never remove rows without a condition', () => {
    const rules = new RetentionRules();
    rules.register(ruleNamed('notes', () => undefined));
    expect(() => [...rules.conditions(before)]).toThrow(
      'The retention rule notes has no condition.',
    );
  });
});
