import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { currentScope } from '../identity/request-scope.js';

type Done = (error: unknown, identity?: object | null) => void;
type Verify = (request: object, done: Done) => void;

/** Passes the whole request to its verify callback, which is `validate` of `PassportStrategy`. */
class RequestStrategy extends passport.Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate(request: object): void {
    this.verify(request, (error, identity) => {
      if (identity) this.success(identity);
      else this.error(error ?? new Error('No identity.'));
    });
  }
}

/**
 * The Passport strategy `patronus`, which makes `AuthGuard('patronus')` of `@nestjs/passport` work.
 *
 * Passport keeps strategies by name for the whole process, so this one has no state: each request
 * is authenticated by the application that received it.
 */
export class PatronusStrategy extends PassportStrategy(RequestStrategy, 'patronus') {
  override validate(request: object): Promise<object> {
    const scope = currentScope();
    if (scope === undefined) throw new Error('PatronusModule has not seen this request.');
    return scope.authenticate(request);
  }
}
