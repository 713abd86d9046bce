import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { type GrpcOptions, Transport } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import type { Presented } from '../transport-bed.js';
import { freePort } from '../../environment/free-port.mjs';

/** Method of a gRPC service, as Nest's client has it. */
export type GrpcCall = (request: object, ...more: unknown[]) => Observable<unknown>;

export type GrpcService = Readonly<Record<string, GrpcCall>>;

export async function grpcConnection(): Promise<GrpcOptions & { transport: Transport.GRPC }> {
  const url = `127.0.0.1:${await freePort()}`;
  const protoPath = join(import.meta.dirname, 'notes.proto');
  return { transport: Transport.GRPC, options: { url, package: 'notes', protoPath } };
}

/** Returns the metadata that a caller without the helper sends. */
export function metadataOf({ authorization, tenant }: Presented): Metadata {
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set('Authorization', authorization);
  if (tenant !== undefined) metadata.set('X-Empresa-Id', tenant);
  return metadata;
}

/** Returns the name of a method, as `@GrpcMethod` derives it. */
export function methodName(operation: string): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}
