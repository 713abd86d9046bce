import { generateKeyPair, SignJWT } from 'jose';
import type { DemoIssuer } from '../../../apps/sample/src/demo/demo-issuer.js';
import type { DemoUser } from '../../../apps/sample/src/demo/demo-user.js';

const strangers = await generateKeyPair('RS256');

/** Returns a token of `user` that must be refused, by the name of its flaw. */
export function badToken(flaw: string, issuer: DemoIssuer, user: DemoUser): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  switch (flaw) {
    case 'expired':
      return issuer.mint(user, { iat: now - 7200, exp: now - 3600 });
    case 'wrong issuer':
      return issuer.mint(user, { iss: 'https://issuer.example' });
    case 'wrong audience':
      return issuer.mint(user, { aud: 'another-api' });
    case 'wrong key':
      return new SignJWT({ sub: user.user, roles: [...user.roles], empresa_id: user.tenant })
        .setProtectedHeader({ alg: 'RS256', kid: 'demo', typ: 'JWT' })
        .setIssuer(issuer.issuer)
        .setAudience(issuer.audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 900)
        .sign(strangers.privateKey);
    default:
      throw new Error(`no bad token is called ${flaw}`);
  }
}
