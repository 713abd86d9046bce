import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { requireText } from '../../errors/require-option.js';

const HOST_AND_PORT = /^(?:[a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i;

/**
 * Requires the host of an emulator. Any caller can write the tokens of an emulator, so it is
 * refused in production.
 *
 * @throws {PatronusConfigurationError} if the option is not a host with its port, and in production
 */
export function requireEmulatorHost(path: string, value: unknown): string {
  const host = requireText(path, value, 'Give host and port, such as 127.0.0.1:9099.');
  if (!HOST_AND_PORT.test(host) || !URL.canParse(`http://${host}`)) {
    throw new PatronusConfigurationError(
      path,
      'is not a host with its port.',
      'Give both, without http:// and without a path, such as 127.0.0.1:9099.',
    );
  }
  if (process.env['NODE_ENV'] === 'production') {
    throw new PatronusConfigurationError(
      path,
      'is set while NODE_ENV is production, where unsigned tokens would let any caller in.',
      'Leave the option out in production.',
    );
  }
  return host;
}
