import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { routeTo } from '../../remote/outgoing-route.js';
import { checkProxyEnvironment } from '../../remote/proxy-environment.js';
import { error, type Finding, ok } from './finding.js';

/** Finds the route of requests to a URL: through a proxy of the environment, or direct. */
export function checkRoute(url: string): Finding {
  const { host } = new URL(url);
  try {
    checkProxyEnvironment();
    const { proxy } = routeTo(new URL(url));
    return proxy === undefined
      ? ok('proxy', `Requests to ${host} go through no proxy.`)
      : ok('proxy', `Requests to ${host} go through the proxy ${proxy}.`);
  } catch (thrown) {
    if (!(thrown instanceof PatronusConfigurationError)) throw thrown;
    const remedy = 'Give it a URL such as http://proxy.example.com:3128, or unset the variable.';
    return error('proxy', `${thrown.path} is not the URL of an HTTP proxy.`, remedy);
  }
}
