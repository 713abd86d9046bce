import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { placement } from '../shared/processes.mjs';

const PACKAGES = {
  '../../package.json': ['@nestjs/core', 'express', 'fastify', 'passport-jwt', 'jwks-rsa', 'jose'],
  '../peers/library/package.json': [
    'fast-jwt',
    'express-oauth2-jwt-bearer',
    '@thallesp/nestjs-better-auth',
    'better-auth',
    '@casl/ability',
    'autocannon',
  ],
  '../peers/library-nest10/package.json': [
    'nest-keycloak-connect',
    'keycloak-connect',
    '@nestjs/core',
  ],
};

/** The machine and the versions, in lines for people. */
export function describeMachine(nodes) {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${cpus().length} × ${cpu.model.trim()}, ${memory} GiB, ${type()}; ${placement}`,
    `Node ${nodes.map(({ version }) => version).join(' and ')}`,
    `load average when the run began: ${loadavg()[0].toFixed(1)}`,
    Object.entries(PACKAGES).flatMap(versionsOf).join(', '),
  ];
}

function versionsOf([from, names]) {
  const paths = createRequire(join(import.meta.dirname, from)).resolve.paths('x');
  return names.flatMap((name) => {
    for (const path of paths) {
      try {
        return `${name} ${JSON.parse(readFileSync(join(path, name, 'package.json'), 'utf8')).version}`;
      } catch {
        continue;
      }
    }
    return [];
  });
}
