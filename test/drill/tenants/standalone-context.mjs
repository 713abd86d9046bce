import 'reflect-metadata';
import { TenantContext } from '@patronus/nestjs';

/** A TenantContext for scripts: only `run` and `id` are used, which need nothing else. */
export function standaloneContext() {
  return new TenantContext();
}
