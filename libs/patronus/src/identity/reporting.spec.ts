import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Reporting } from './reporting.js';

class Bell extends Reporting<string> {
  ring(sound: string): void {
    this.report(sound);
  }
}

describe('something that reports', () => {
  const logged = jest.fn();
  beforeEach(() => void jest.spyOn(Logger.prototype, 'error').mockImplementation(logged));
  afterEach(() => void jest.restoreAllMocks());

  it('tells every listener, until it ends', () => {
    const bell = new Bell();
    const heard: string[] = [];
    bell.ring('before');
    const end = bell.observe((sound) => heard.push(`first ${sound}`));
    bell.observe((sound) => heard.push(`second ${sound}`));
    bell.ring('one');
    end();
    end();
    bell.ring('two');
    expect(heard).toEqual(['first one', 'second one', 'second two']);
  });

  it('tells a listener twice that is there twice, and once when one of them ends', () => {
    const bell = new Bell();
    const listener = jest.fn();
    const end = bell.observe(listener);
    bell.observe(listener);
    bell.ring('one');
    expect(listener).toHaveBeenCalledTimes(2);
    end();
    bell.ring('two');
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it.each([new Error('deaf'), 'deaf'])('goes on where a listener throws %p', (thrown) => {
    const bell = new Bell();
    const heard: string[] = [];
    bell.observe(() => AbortSignal.abort(thrown).throwIfAborted());
    bell.observe((sound) => heard.push(sound));
    expect(() => bell.ring('one')).not.toThrow();
    expect(heard).toEqual(['one']);
    expect(logged).toHaveBeenCalledWith('A listener failed: deaf');
  });
});
