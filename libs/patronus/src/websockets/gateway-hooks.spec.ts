import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { catchErrorsIn, catchErrorsOf } from './gateway-hooks.js';

const denial = new PatronusError('tenant_required');

/** Creates a client, with the list of its refusals. */
function clientOf() {
  const client = { refused: [] as PatronusError[] };
  catchErrorsOf(client, (error) => client.refused.push(error));
  return client;
}

describe('hooks of a gateway', () => {
  it('refuse their client by what they throw, now or later', async () => {
    class Gateway {
      handleConnection() {
        throw denial;
      }
      async handleDisconnect() {
        throw denial;
      }
    }
    catchErrorsIn(Gateway);
    const client = clientOf();
    const gateway = new Gateway();
    const call = (name: keyof Gateway): unknown => Reflect.apply(gateway[name], gateway, [client]);
    expect(call('handleConnection')).toBeUndefined();
    expect(client.refused).toEqual([denial]);
    await call('handleDisconnect');
    expect(client.refused).toEqual([denial, denial]);
  });

  it('throw what is no denial, and what is about nobody who is known', async () => {
    const bug = new Error('bug');
    class Gateway {
      handleConnection(_client: object, error: Error) {
        throw error;
      }
      async handleDisconnect(_client: object, error: Error) {
        throw error;
      }
    }
    catchErrorsIn(Gateway);
    const gateway = new Gateway();
    const client = clientOf();
    expect(() => gateway.handleConnection(client, bug)).toThrow(bug);
    await expect(gateway.handleDisconnect(client, bug)).rejects.toBe(bug);
    expect(() => gateway.handleConnection({}, denial)).toThrow(denial);
    expect(client.refused).toEqual([]);
  });

  it('do not go on where the hook that they extend has denied, gateways or not', () => {
    let went = 0;
    class Base {
      handleConnection(_client: object) {
        throw denial;
      }
    }
    class Gateway extends Base {
      override handleConnection(client: object) {
        super.handleConnection(client);
        went += 1;
      }
    }
    class Inherited extends Base {}
    for (const gateway of [Base, Gateway, Inherited]) catchErrorsIn(gateway);
    for (const gateway of [new Base(), new Gateway(), new Inherited()]) {
      const client = clientOf();
      gateway.handleConnection(client);
      expect(client.refused).toEqual([denial]);
    }
    expect(went).toBe(0);
  });

  it('are wrapped once, keep their answer and their metadata', () => {
    class Gateway {
      readonly name = 'x';
      handleConnection(_client: object) {
        return this.name;
      }
    }
    Reflect.defineMetadata('mark', 'kept', Gateway.prototype.handleConnection);
    catchErrorsIn(Gateway);
    const { handleConnection } = Gateway.prototype;
    catchErrorsIn(Gateway);
    expect(Gateway.prototype.handleConnection).toBe(handleConnection);
    expect(Reflect.getMetadata('mark', handleConnection)).toBe('kept');
    expect(new Gateway().handleConnection(clientOf())).toBe('x');
  });
});
