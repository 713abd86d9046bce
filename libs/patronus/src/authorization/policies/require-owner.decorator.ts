import type { Type } from '@nestjs/common';
import type { Identity } from '../../identity/identity.js';
import { routeMark, type RouteDecorator } from '../rules/route-mark.js';
import type { OwnedResource, ResourceOwner } from './owned-resource.js';
import { requireLoader } from './policy-requirement.js';

/**
 * Lets in only the owner of the resource that the request is for. Works like `@Authorize()` with a
 * policy that compares owner and caller.
 *
 * @throws {PatronusConfigurationError} if the argument is not a class
 * @example
 * @Delete(':id') @RequireOwner(OwnNote) remove(@Resource() note: Note) {}
 */
export function RequireOwner(resource: Type<OwnedResource>): RouteDecorator {
  requireLoader('@RequireOwner()', resource);
  return routeMark({
    kind: 'policy',
    decorator: `@RequireOwner(${resource.name})`,
    loader: resource,
    methods: ['ownerOf'],
    permits: (loader: OwnedResource, found, { identity }) =>
      isOwner(identity, loader.ownerOf(found)),
  });
}

function isOwner(identity: Identity, owner: ResourceOwner | null | undefined): boolean {
  if (typeof owner === 'string') return owner === identity.id;
  if (owner === null || owner === undefined) return false;
  return owner.id === identity.id && owner.issuer === identity.issuer;
}
