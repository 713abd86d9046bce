// The one place that reaches into the library's rooms: what is measured alone has no public name.
export { bindScope, runInScope } from '../../../libs/patronus/dist/identity/request-scope.js';
export { Authenticator } from '../../../libs/patronus/dist/authentication/authenticator.js';
export { GrantsResolver } from '../../../libs/patronus/dist/authorization/grants/grants-resolver.js';
export { PermissionPolicy } from '../../../libs/patronus/dist/authorization/grants/permission-policy.js';
export { compilePermission } from '../../../libs/patronus/dist/authorization/grants/permission-matcher.js';
