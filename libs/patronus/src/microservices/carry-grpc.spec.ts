import { describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { carryGrpc } from './carry-grpc.js';

const CARRIED = { authorization: 'Bearer a.b.c' };

describe('carryGrpc', () => {
  it('adds the headers to a copy of the metadata', () => {
    const given = new Metadata();
    given.set('trace', '1');
    const [request, copy, options] = carryGrpc(['request', given, 'options'], CARRIED);
    expect([request, options]).toEqual(['request', 'options']);
    expect(Object(copy).getMap()).toEqual({ trace: '1', ...CARRIED });
    expect(given.getMap()).toEqual({ trace: '1' });
  });

  it('sends nothing with metadata that cannot be copied', () => {
    const stranger = { clone: () => ({}), set: () => undefined };
    expect(() => carryGrpc(['request', stranger], CARRIED)).toThrow(
      'The metadata of a gRPC call cannot be copied.',
    );
  });

  it('starts no call that has no metadata', () => {
    const [, options] = carryGrpc(['request', { interceptors: 'none' }], CARRIED);
    const started: unknown[] = [];
    const next = () => ({ start: (metadata: unknown) => started.push(metadata) });
    const call = Object(options).interceptors[0]({}, next);
    expect(() => call.start(undefined)).toThrow('A gRPC call has no metadata.');
    expect(started).toEqual([]);
    call.start(new Metadata());
    expect(Object(started[0]).getMap()).toEqual(CARRIED);
  });
});
