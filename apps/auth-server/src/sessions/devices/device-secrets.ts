import { Injectable } from '@nestjs/common';
import { DEVICE_HEADER } from '../../operation/http/device.js';
import type { RequestFacts } from '../../operation/http/request-facts.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';

/** The place where a device keeps its secret: browsers in a cookie, and clients of the API by a header. */
export type DeviceChannel = 'cookie' | 'header';

/** Seconds for which a device is known after its last sign-in. Browsers keep no cookie for longer. */
export const DEVICE_TTL = 400 * 24 * 60 * 60;

/** The format of secrets: see `newOpaqueToken`. */
const SECRET = /^pdv_[\w-]{43}$/;

/** The secrets of devices in requests and answers. */
@Injectable()
export class DeviceSecrets {
  readonly #isSecure: boolean;

  constructor({ issuer }: ServerSettings) {
    this.#isSecure = issuer.startsWith('https:');
  }

  /** Reads the secret of a request. Undefined if it has none, or one of another format. */
  presented(request: RequestFacts, channel: DeviceChannel): string | undefined {
    const given =
      channel === 'cookie' ? request.cookie(this.#cookieName) : request.header(DEVICE_HEADER);
    return given !== undefined && SECRET.test(given) ? given : undefined;
  }

  /** Gives a device its secret, or renews its cookie. Call it after a completed sign-in only. */
  give({ response }: RequestFacts, channel: DeviceChannel, secret: string): void {
    if (channel === 'header') {
      response.set(DEVICE_HEADER, secret);
      return;
    }
    response.cookie(this.#cookieName, secret, {
      httpOnly: true,
      secure: this.#isSecure,
      sameSite: 'lax',
      path: '/',
      maxAge: DEVICE_TTL * 1000,
    });
  }

  /** With https, browsers refuse the cookie of another host or of an insecure connection by its name. */
  get #cookieName(): string {
    return this.#isSecure ? '__Host-device' : 'device';
  }
}
