/** Default port of dev-idp, which `nest add` also writes. */
export const DEV_PORT = 4010;
export const DEV_ISSUER = `http://127.0.0.1:${DEV_PORT}`;
export const DEV_AUDIENCE = 'dev-api';
