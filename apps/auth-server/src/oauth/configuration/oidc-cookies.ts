import type { Configuration } from 'oidc-provider';
import type { Sealer } from '../../sealing/sealer.js';
import type { ServerSettings } from '../../settings/server-settings.js';

/**
 * Signed, unreadable to scripts, and sent along by links from elsewhere but by no foreign form. Over
 * https their names let browsers refuse what another host or an open connection set (RFC 6265bis,
 * section 4.1.3).
 */
export function oidcCookies(settings: ServerSettings, sealer: Sealer): Configuration['cookies'] {
  const secure = settings.issuer.startsWith('https:');
  const options = { signed: true, httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    names: {
      session: secure ? '__Host-patronus_session' : 'patronus_session',
      interaction: secure ? '__Secure-patronus_interaction' : 'patronus_interaction',
      resume: secure ? '__Secure-patronus_resume' : 'patronus_resume',
    },
    long: { ...options, path: '/' },
    short: options,
    keys: [sealer.keyFor('cookies')],
  };
}
