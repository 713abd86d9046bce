import { APP_GUARD } from '@nestjs/core';
import {
  AuthGuard,
  KeycloakConnectModule,
  RoleGuard,
  Roles,
  TokenValidation,
} from 'nest-keycloak-connect';
import { createApp } from './app.mjs';

/** Offline validation, with the realm's public key in the options. */
export async function start({ issuer, publicKey, audience }) {
  const [authServerUrl, realm] = issuer.split('/realms/');
  const options = {
    authServerUrl,
    realm,
    clientId: audience,
    secret: 'unused',
    realmPublicKey: publicKey.replaceAll(/-----[A-Z ]+-----|\s/g, ''),
    tokenValidation: TokenValidation.OFFLINE,
  };
  const app = await createApp({
    imports: [KeycloakConnectModule.register(options)],
    providers: [
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_GUARD, useClass: RoleGuard },
    ],
    decorators: [Roles({ roles: ['realm:receptionist'] })],
  });
  return { app };
}
