import { isJsonObject, type JsonObject } from '../../identity/json-object.js';
import type { ApiKeyRecord } from './api-key.record.js';

const HASH = /^[A-Za-z0-9_-]{43}$/;
/**
 * Latest time in seconds, in the year 5138. A greater number is in milliseconds, and would never
 * expire.
 */
const LATEST_SECOND = 1e11;
const TEXTS = ['name', 'tenantId'];
const LISTS = ['roles', 'permissions', 'platformRoles', 'platformPermissions', 'scopes'];

/** Returns true for a time in seconds since the epoch, and false for one in milliseconds. */
export function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < LATEST_SECOND;
}

/**
 * Returns true if a store's answer is a valid record. A member that is not valid must not count as
 * absent.
 */
export function isRecord(answer: unknown): answer is ApiKeyRecord {
  if (!isJsonObject(answer)) return false;
  const { id, hash, subject, createdAt, expiresAt, disabled } = answer;
  return (
    isText(id) &&
    typeof hash === 'string' &&
    HASH.test(hash) &&
    isText(subject) &&
    isSeconds(createdAt) &&
    isAbsentOr(isSeconds, expiresAt) &&
    isAbsentOr(isBoolean, disabled) &&
    every(answer, TEXTS, isText) &&
    every(answer, LISTS, isTexts)
  );
}

function every(answer: JsonObject, names: readonly string[], is: (value: unknown) => boolean) {
  return names.every((name) => isAbsentOr(is, answer[name]));
}

function isAbsentOr(is: (value: unknown) => boolean, value: unknown): boolean {
  return value === undefined || value === null || is(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
