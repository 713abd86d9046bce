import { describe, expect, it } from '@jest/globals';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import type { TransportHost } from '../transport/transport-host.js';
import { graphql } from './graphql.js';

const problem = (path: string) =>
  expect.objectContaining({ name: 'PatronusConfigurationError', path });

describe('graphql()', () => {
  it.each([
    [{ recheck: 0 }, 'graphql().recheck'],
    [{ recheck: 1.5 }, 'graphql().recheck'],
    [{ connectionParams: ['X-Clinic', 'Origin'] }, 'graphql().connectionParams'],
    [{ connectionParams: ['host'] }, 'graphql().connectionParams'],
    [{ connectionParams: ['cookie'] }, 'graphql().connectionParams'],
    [{ connectionParams: ['Sec-Fetch-Site'] }, 'graphql().connectionParams'],
    [{ params: [] }, 'graphql().params'],
  ])('refuses %j', (options, path) => {
    expect(() => Reflect.apply(graphql, undefined, [options])).toThrow(problem(path));
  });

  it('takes names that only look like those', () => {
    expect(() => graphql({ connectionParams: ['my-origin', 'hosted', 'x-sec-'] })).not.toThrow();
  });

  it('works for one application at a time', () => {
    const transport = graphql();
    const discovery = new DiscoveryService(new ModulesContainer());
    const host: TransportHost = Object.assign(Object.create(null), { discovery });
    transport.start(host);
    expect(() => transport.start(host)).toThrow(problem('transports'));
    transport.stop();
    expect(() => transport.start(host)).not.toThrow();
  });
});
