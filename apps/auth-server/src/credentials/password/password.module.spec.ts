import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InMemoryRevocations, Revocations } from '@patronus/nestjs';
import { Clock } from '../../operation/clock.js';
import { KEY_PURPOSES, Keyring } from '../../operation/crypto/keyring.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { openDatabase } from '../../operation/database/open-database.js';
import { HealthIndicators } from '../../operation/health/health.controller.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { PersonalData } from '../../operation/personal-data/personal-data.js';
import { RetentionRules } from '../../operation/retention/retention-rules.js';
import { readSettings, ServerSettings } from '../../operation/settings/server-settings.js';
import { HashQueue } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordSettings } from './argon2.js';
import {
  ACCEPTED_PASSWORDS,
  CHEAP_HASHING,
} from '../../../../../test/auth-server/support/passwords.js';
import { PasswordsModule } from './password.module.js';

const folder = mkdtempSync(join(tmpdir(), 'patronus-passwords-'));
const server = readSettings({ PATRONUS_SERVER_DATA: folder });

const keyOf = (purpose: string) => ({ id: purpose, purpose, bytes: Buffer.alloc(32, 1) });

const FOUNDATION = [
  { provide: ServerSettings, useValue: server },
  { provide: PlatformDatabase, useFactory: () => openDatabase(server) },
  { provide: Keyring, useValue: new Keyring(KEY_PURPOSES.map(keyOf)) },
  { provide: Revocations, useValue: new InMemoryRevocations() },
  Clock,
  HealthIndicators,
  PersonalData,
  PlatformMetrics,
  RetentionRules,
];

/** The parts of the platform that every room depends on. */
@Global()
@Module({ providers: FOUNDATION, exports: FOUNDATION })
class FoundationModule {}

describe('PasswordsModule', () => {
  it('provides a hasher with the configured costs, a policy and the queue', async () => {
    const module = await Test.createTestingModule({
      imports: [FoundationModule, PasswordsModule.for(CHEAP_HASHING)],
    }).compile();
    const [password] = ACCEPTED_PASSWORDS;
    const queue = module.get(HashQueue);
    const hashing = module.get(PasswordHasher).hash(password);

    expect(queue.running).toBe(1);
    await expect(hashing).resolves.toContain('$m=8,t=1,p=1$');
    expect(queue.running).toBe(0);
    expect(module.get(PasswordPolicy).check(password).acceptable).toBe(true);
    await module.get(PlatformDatabase).close();
    await module.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves one thread of libuv free by default', () => {
    expect(new PasswordSettings().concurrency).toBeLessThanOrEqual(3);
    expect(new PasswordSettings({ concurrency: 8 }).concurrency).toBe(8);
  });

  it.each([
    [{ memoryCost: 7 }, 'memoryCost must be a whole number from 8 to 262144.'],
    [{ memoryCost: 16, parallelism: 4 }, 'memoryCost must be a whole number from 32 to 262144.'],
    [{ memoryCost: 262_145 }, 'memoryCost must be a whole number from 8 to 262144.'],
    [{ timeCost: 0 }, 'timeCost must be a whole number from 1 to 16.'],
    [{ timeCost: 17 }, 'timeCost must be a whole number from 1 to 16.'],
    [{ timeCost: 1.5 }, 'timeCost must be a whole number from 1 to 16.'],
    [{ parallelism: 17 }, 'parallelism must be a whole number from 1 to 16.'],
    [{ concurrency: 0 }, 'concurrency must be a whole number from 1 to 1024.'],
    [{ maxQueue: -1 }, 'maxQueue must be a whole number from 0 to 100000.'],
    [{ maxQueue: Number.NaN }, 'maxQueue must be a whole number from 0 to 100000.'],
  ])('does not start with %j', (settings, message) => {
    expect(() => new PasswordSettings(settings)).toThrow(new RangeError(message));
  });
});
