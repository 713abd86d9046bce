import { Provider } from 'oidc-provider';
import { type DeviceInfo, deviceOf } from '../../sessions/device-info.js';

/** What the request that oidc-provider answers right now says of its device. */
export function deviceHere(): DeviceInfo {
  const request = Provider.ctx?.req;
  // Express made the request: it knows which proxies to believe.
  const ip = request !== undefined && 'ip' in request ? request.ip : undefined;
  return deviceOf({
    headers: request?.headers ?? {},
    ip: typeof ip === 'string' ? ip : undefined,
  });
}
