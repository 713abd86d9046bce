import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { type DeviceInfo, deviceOf } from './device.js';
import { type Locale, LOCALES, readUiLocales } from './locale.js';

/** The language of a request. */
interface RequestLocale {
  readonly locale: Locale;
  /** The value of `ui_locales`, if the request has one that is supported. */
  readonly uiLocales: Locale | undefined;
}

const DEFAULT: RequestLocale = { locale: LOCALES[0], uiLocales: undefined };

/** The facts of a request that every room may need while it is handled. */
export class RequestFacts {
  /** The id of the device, once a sign-in has recognised it. Requests with a token do not look it up. */
  deviceId: string | undefined;
  #device: DeviceInfo | undefined;
  #language: RequestLocale | undefined;
  /** Read at once: a connection that has closed no longer has an address. */
  readonly #ip: string | undefined;

  constructor(
    readonly id: string,
    private readonly request: Request,
    readonly response: Response,
  ) {
    this.#ip = request.ip;
  }

  /** The device and the network address of the caller. Parsing a user agent is slow, so it is done once. */
  get device(): DeviceInfo {
    this.#device ??= deviceOf({ headers: this.request.headers, ip: this.#ip });
    return this.#device;
  }

  header(name: string): string | undefined {
    return this.request.get(name);
  }

  /** The value of a cookie. Undefined if there are several with the name: one may be of another host. */
  cookie(name: string): string | undefined {
    const pairs = (this.request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const [first, ...others] = pairs.filter((pair) => pair.startsWith(`${name}=`));
    return others.length === 0 ? first?.slice(name.length + 1) : undefined;
  }

  /** The language of the answer: `ui_locales`, then `Accept-Language`. */
  get language(): RequestLocale {
    this.#language ??= languageOf(this.request);
    return this.#language;
  }
}

function languageOf(request: Request): RequestLocale {
  const uiLocales = readUiLocales(request.query['ui_locales']);
  const accepted = request.acceptsLanguages([...LOCALES]);
  const locale = uiLocales ?? LOCALES.find((one) => one === accepted) ?? DEFAULT.locale;
  return { locale, uiLocales };
}

const current = new AsyncLocalStorage<RequestFacts>();

/** The accepted format of request ids from callers. They appear in logs and on pages. */
const SANE = /^[\w.-]{8,64}$/;

/**
 * Remembers the facts of each request while it is handled. Gives it an id, or takes a valid one of its
 * caller, and returns it in `X-Request-Id`.
 */
export const rememberRequest: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const id = given !== undefined && SANE.test(given) ? given : randomUUID();
  request.id = id;
  response.setHeader('X-Request-Id', id);
  current.run(new RequestFacts(id, request, response), next);
};

/** The request that is being handled. Undefined outside of requests, as in jobs. */
export function currentRequest(): RequestFacts | undefined {
  return current.getStore();
}

/** The language of the request that is being handled; the default outside of requests. */
export function currentLocale(): RequestLocale {
  return currentRequest()?.language ?? DEFAULT;
}

/** The {@link DeviceInfo} of the caller. */
export const Device = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    currentRequest()?.device ?? deviceOf(context.switchToHttp().getRequest<Request>()),
);
