import { IdentityCache } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { Credentials } from '../credentials.mjs';
import { GrantsResolver, PermissionPolicy } from './rooms.mjs';

const FLOOD = 3;

/** Bytes that a remembered identity takes with its compiled grants, and what a flood of good tokens leaves of the bound. */
export async function measureMemory(max) {
  const credentials = await Credentials.create('ES256');
  const { issuer, audience } = credentials.settings();
  const provider = oidc({ issuer, audience, algorithms: ['ES256'] });
  const cache = new IdentityCache({ max });
  const policy = new PermissionPolicy({ roles: { receptionist: ['patients.read'] } });
  const grants = new GrantsResolver(policy.source(), policy);
  let user = 0;
  const fill = async (count) => {
    for (let index = 0; index < count; index++) {
      const token = await credentials.token({ user: `user-${(user += 1)}` });
      const identity = await cache.resolve(token, () =>
        provider.authenticate({ scheme: 'bearer', token }),
      );
      await grants.grantsOf({ identity });
    }
  };
  await fill(200);
  cache.purge('all');
  const before = heap();
  await fill(max);
  const full = heap();
  await fill(max * (FLOOD - 1));
  const flooded = heap();
  await credentials.stop();
  return {
    max,
    bytesEach: (full - before) / max,
    bytesEachFlooded: (flooded - before) / max,
    flood: FLOOD * max,
    sizeAfterFlood: cache.size,
  };
}

function heap() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
