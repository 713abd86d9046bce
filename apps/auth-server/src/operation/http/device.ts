import Bowser from 'bowser';
import type { Request } from 'express';

/** The device of a session. */
export interface DeviceInfo {
  /** A name for people: `Firefox on Windows`. */
  readonly device: string;
  /** The network address. */
  readonly address: string;
}

/** The header with the secret of a device, in requests and answers of the API. */
export const DEVICE_HEADER = 'X-Device-Id';

/** The device of work without a request. */
export const UNKNOWN_DEVICE: DeviceInfo = { device: 'Unknown device', address: 'unknown' };

const MAX_AGENT = 512;
const MAX_NAME = 60;
/** The product in the user agent of other programs: `okhttp/4.9.0`. */
const PRODUCT = /^[a-z][\w.+-]*/i;

/** Describes the device of a request, so that people recognise it. Do not base decisions on it. */
export function deviceOf(request: Pick<Request, 'headers' | 'ip'>): DeviceInfo {
  const agent = (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT);
  return {
    device: nameOf(agent).slice(0, MAX_NAME),
    address: request.ip ?? UNKNOWN_DEVICE.address,
  };
}

function nameOf(agent: string): string {
  if (agent === '') return UNKNOWN_DEVICE.device;
  const { browser, os } = Bowser.parse(agent);
  const program = browser.name || PRODUCT.exec(agent)?.[0] || 'Unknown program';
  return os.name === undefined || os.name === '' ? program : `${program} on ${os.name}`;
}
