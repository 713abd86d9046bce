import { describe, expect, it } from '@jest/globals';
import { MountedContext } from './mounted-context.js';

describe('MountedContext', () => {
  const [request, response] = [{ url: '/docs' }, { statusCode: 200 }];
  const handler = () => undefined;
  class Protected {}
  const context = new MountedContext(Protected, handler, request, response);

  it('is the context of an HTTP request, as guards of Nest read it', () => {
    expect(context.getType()).toBe('http');
    expect([context.getClass(), context.getHandler()]).toEqual([Protected, handler]);
    expect(context.getArgs()).toEqual([request, response]);
    expect(context.getArgByIndex(1)).toBe(response);
    const http = context.switchToHttp();
    expect(http.getRequest()).toBe(request);
    expect(http.getResponse()).toBe(response);
    expect(http.getNext()).toBeUndefined();
  });

  it('refuses to be read as a call of another transport', () => {
    expect(() => context.switchToRpc()).toThrow('This is a request of HTTP.');
    expect(() => context.switchToWs()).toThrow('This is a request of HTTP.');
  });
});
