import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { currentScope } from '../../identity/request-scope.js';
import { routeMatchOf } from '../../transport/route-match.js';
import { loadedResources, type LoadedResources } from './loaded-resources.js';
import type { ResourceLoader } from './resource-loader.js';

/**
 * Resource that the policies of the route loaded and permitted. If several classes loaded one, name
 * the class.
 *
 * @throws {PatronusConfigurationError} if none was loaded, or several were and no class is named
 * @example
 * edit(@Resource() appointment: Appointment) {}
 * move(@Resource(CanEditAppointment) from: Appointment, @Resource(CanUseRoom) to: Room) {}
 */
export const Resource: (loader?: Type<ResourceLoader>) => ParameterDecorator = createParamDecorator(
  (loader: Type<ResourceLoader> | undefined, context: ExecutionContext): unknown => {
    const scope = currentScope();
    const resources: LoadedResources =
      scope === undefined ? new Map() : loadedResources(scope, routeMatchOf(context));
    const wanted = loader === undefined ? [...resources.keys()] : [loader];
    const [only] = wanted;
    if (wanted.length === 1 && only !== undefined && resources.has(only))
      return resources.get(only);
    throw new PatronusConfigurationError(
      `@Resource(${loader?.name ?? ''})`,
      resources.size > 1 ? 'several were loaded.' : 'none was loaded.',
      'Put @Authorize() or @RequireOwner() on the route, and name the class if there are several.',
    );
  },
);
