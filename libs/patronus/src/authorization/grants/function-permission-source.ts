import type { GrantedAuthority } from './granted-authority.js';
import { PermissionSource, type PermissionSubject } from './permission-source.js';

/** A {@link PermissionSource} as a plain function. */
export type PermissionSourceFunction = (
  subject: PermissionSubject,
) => Promise<GrantedAuthority> | GrantedAuthority;

/** Wraps a plain function as a {@link PermissionSource}. */
export class FunctionPermissionSource extends PermissionSource {
  constructor(private readonly ask: PermissionSourceFunction) {
    super();
  }

  grantsOf(subject: PermissionSubject): Promise<GrantedAuthority> | GrantedAuthority {
    return this.ask(subject);
  }
}
