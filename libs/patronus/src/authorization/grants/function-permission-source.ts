import type { GrantedAuthority } from './granted-authority.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/** A {@link PermissionSource} as a plain function. */
export type PermissionSourceFunction = (
  subject: PermissionSubject,
) => Promise<GrantedAuthority> | GrantedAuthority;

/** Makes a {@link PermissionSource} of a plain function. */
export class FunctionPermissionSource extends PermissionSource {
  constructor(private readonly ask: PermissionSourceFunction) {
    super();
  }

  grantsOf(subject: PermissionSubject): Promise<GrantedAuthority> | GrantedAuthority {
    return this.ask(subject);
  }
}
