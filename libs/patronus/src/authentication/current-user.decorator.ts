import { createParamDecorator } from '@nestjs/common';
import { currentScope } from '../identity/request-scope.js';

/**
 * The {@link Identity} of the caller, or undefined where nobody is (`@Public()`, `@OptionalAuth()`).
 *
 * @example
 * me(@CurrentUser() user: Identity) { return user.email; }
 */
export const CurrentUser = createParamDecorator(() => currentScope()?.identity);
