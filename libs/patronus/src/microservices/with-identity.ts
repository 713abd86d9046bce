import type { ClientGrpc } from '@nestjs/microservices';
import { connectable, isObservable, mergeMap, type Observable, Subject } from 'rxjs';
import { carryGrpc } from './carry-grpc.js';
import { carryMessage, type MessageClient } from './carry-message.js';
import { deliverHere } from './deliver-here.js';
import { forwardedHeaders } from './forwarded-headers.js';
import {
  checkForwardedIdentityOptions,
  type ForwardedIdentityOptions,
} from './forwarded-identity.options.js';
import { hasMethods } from './has-methods.js';
import { boundMember } from './bound-member.js';

/**
 * Wraps a client so that every `send` and `emit`, and every method of its gRPC services, forwards
 * the credential of the current caller and the tenant of the request. The other service verifies
 * both again. The token is read from the request on each call, and stored nowhere.
 *
 * Answers are delivered in the context of the call, and not in that of the caller that opened the
 * connection.
 *
 * A call throws `token_missing` if there is no caller, as in a job, and an error if the caller's
 * token is bound to a key (RFC 9449). Both errors name the remedy.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * { provide: NOTES, useFactory: () => withIdentity(ClientProxyFactory.create({ transport: Transport.NATS })) }
 */
export function withIdentity<Client extends MessageClient | ClientGrpc>(
  client: Client,
  options: ForwardedIdentityOptions = {},
): Client {
  checkForwardedIdentityOptions(options);
  return new Proxy(client, {
    get(target, name) {
      if (isGrpc(target)) {
        if (name === 'getService') {
          return (service: string) => serviceWithIdentity(target.getService(service), options);
        }
      } else {
        if (name === 'send') {
          return (pattern: unknown, data: unknown) => send(target, pattern, data, options);
        }
        if (name === 'emit') {
          return (pattern: unknown, data: unknown) => emit(target, pattern, data, options);
        }
      }
      return boundMember(target, name);
    },
  });
}

function isGrpc(client: MessageClient | ClientGrpc): client is ClientGrpc {
  return hasMethods(client, 'getService');
}

function send(
  client: MessageClient,
  pattern: unknown,
  data: unknown,
  options: ForwardedIdentityOptions,
): Observable<unknown> {
  const answers = forwardedHeaders(options).pipe(
    mergeMap((headers) => {
      const carrying = carryMessage(client, data, headers);
      return carrying.client.send<unknown>(pattern, carrying.data);
    }),
  );
  return deliverHere(answers);
}

/** Sends at once, like Nest's own `emit`, without a subscriber. */
function emit(
  client: MessageClient,
  pattern: unknown,
  data: unknown,
  options: ForwardedIdentityOptions,
): Observable<unknown> {
  const sent = forwardedHeaders(options).pipe(
    mergeMap((headers) => {
      const carrying = carryMessage(client, data, headers);
      return carrying.client.emit<unknown>(pattern, carrying.data);
    }),
  );
  const result = connectable(deliverHere(sent), {
    connector: () => new Subject(),
    resetOnDisconnect: false,
  });
  result.connect();
  return result;
}

function serviceWithIdentity(service: object, options: ForwardedIdentityOptions): object {
  return new Proxy(service, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        const answers = forwardedHeaders(options).pipe(
          mergeMap((headers) => {
            const answer: unknown = Reflect.apply(method, target, carryGrpc(args, headers));
            if (isObservable(answer)) return answer;
            throw new TypeError(`${String(name)} is not a method of a gRPC service of Nest.`);
          }),
        );
        return deliverHere(answers);
      };
    },
  });
}
